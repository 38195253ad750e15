// Package channeltest is a small world of people, channels and posts for the tests of channel and of the
// domains above it. Its clock moves only when told, and by a second for every post.
package channeltest
