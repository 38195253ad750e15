// Command roomedge measures a room behind an nginx that caches: viewers who ask for each tick once, shortly after
// it is due, as the web app does without a WebSocket. What counts is how often the origin is asked, and how old a
// tick is when read.
//
// The figure of requests is nginx's own: it logs what it did not find in its cache.
package main
