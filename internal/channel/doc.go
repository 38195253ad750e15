// Package channel is the stage people build: channel homes, posts, comments, likes, saves and follows.
//
// Nouns: Channel (a public face run by a team), Post (a video, or pictures with text), Comment, tag,
// Caption (the words of a video in one language: SetCaptions takes a WebVTT file and keeps its plain cues).
// Tables: channel_channels, channel_posts, channel_tags, channel_comments, channel_likes,
// channel_comment_likes, channel_saves, channel_follows, channel_captions.
// Invariants: at most MaxPinned posts are pinned, decided in the transaction that pins; counters on posts
// and channels change in the transaction of the row they count, so that a count equals its rows; a hidden
// post is seen by its team only; a like, save or follow given twice counts once.
// Lock order: a post's row, then its channel's.
// Rights: a channel's team through identity (scope "channel").
// Events out: channel.post_published, channel.followed, channel.post_liked. Events in: none.
package channel
