// Package channelapi is the HTTP door of channel: homes, posts, comments, likes, saves and follows.
//
// Render turns domain values into wire values for this door and for the doors that show channels and
// posts too (live, feed, moderation). It reads everything a page needs in a fixed number of look-ups,
// however long the page is.
package channelapi
