// Package feed chooses what somebody sees next: posts and rooms on air, each with the true reason for it.
//
// Nouns: Tab (recommended, following, live), Item (a post or a room, with its Reason), window (the newest
// posts that are ranked together), cursor (where a session stands), seen (posts somebody has met).
// Table: feed_seen. Posts, follows and likes are read from channel, rooms from live.
// How recommended ranks: within a window of windowSize posts a post scores freshness + popularity per
// hour + a bonus for a followed channel + a bonus for tags the reader liked; what was seen comes after all
// that was not; a channel that was just shown waits, and counts less the more it was shown. Rooms on air
// stand at every roomEvery-th place. The reason is the largest part of the score.
// Invariants: a session neither repeats nor skips: its cursor names what it was given, so what others
// publish, like or delete in between changes the order of the rest only; two neighbours are of one channel
// only when nothing else is left; hidden and deleted posts never appear; the same cursor on the same data
// gives the same page; a cursor is bounded because a used-up window is forgotten.
// Events in and out: none.
package feed
