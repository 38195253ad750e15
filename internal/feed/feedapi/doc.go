// Package feedapi is the HTTP door of the feed: pages of posts and rooms, and reports of what was seen.
package feedapi
