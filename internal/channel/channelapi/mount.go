package channelapi

import (
	"net/http"

	"github.com/hawker-live/hawker/internal/server"
)

// Deps is what the door needs.
type Deps struct {
	Render *Render
}

type door struct{ Deps }

// Mount registers the channel operations.
func Mount(r *server.Router, d Deps) {
	h := &door{d}
	const channels, posts, comments = base + "/channels", base + "/posts", base + "/comments"
	server.Register(r, op("channel-create", http.MethodPost, channels, "Found a channel", server.SignedIn), h.found)
	server.Register(r, op("channel-mine", http.MethodGet, base+"/mine", "The channels in whose team I am", server.SignedIn), h.mine)
	server.Register(r, op("channel-following", http.MethodGet, base+"/following", "The channels I follow, newest first", server.SignedIn), h.following)
	server.Register(r, op("channel-get", http.MethodGet, channels+"/{id}", "A channel, by id or handle", server.Public), h.channel)
	server.Register(r, op("channel-update", http.MethodPatch, channels+"/{id}", "Change a channel's face", server.SignedIn), h.update)
	server.Register(r, op("channel-summary", http.MethodGet, channels+"/{id}/summary", "A channel's figures, for its team", server.SignedIn), h.summary)
	server.Register(r, op("channel-follow", http.MethodPut, channels+"/{id}/follow", "Follow a channel", server.SignedIn), h.follow(true))
	server.Register(r, op("channel-unfollow", http.MethodDelete, channels+"/{id}/follow", "Stop following a channel", server.SignedIn), h.follow(false))

	server.Register(r, op("post-list", http.MethodGet, channels+"/{id}/posts", "A channel's posts, newest first", server.Public), h.posts)
	publish := op("post-create", http.MethodPost, channels+"/{id}/posts", "Publish a post", server.SignedIn)
	publish.Idempotent = true
	server.Register(r, publish, h.publish)
	server.Register(r, op("post-get", http.MethodGet, posts+"/{id}", "A post", server.Public), h.post)
	server.Register(r, op("post-update", http.MethodPatch, posts+"/{id}", "Change a post's words or product", server.SignedIn), h.edit)
	server.Register(r, gone(op("post-delete", http.MethodDelete, posts+"/{id}", "Delete a post", server.SignedIn)), h.deletePost)
	server.Register(r, op("post-pin", http.MethodPut, posts+"/{id}/pin", "Pin a post on its channel's home", server.SignedIn), h.pin(true))
	server.Register(r, op("post-unpin", http.MethodDelete, posts+"/{id}/pin", "Unpin a post", server.SignedIn), h.pin(false))
	server.Register(r, op("post-like", http.MethodPut, posts+"/{id}/like", "Like a post", server.SignedIn), h.like(true))
	server.Register(r, op("post-unlike", http.MethodDelete, posts+"/{id}/like", "Take a like back", server.SignedIn), h.like(false))
	server.Register(r, op("post-save", http.MethodPut, posts+"/{id}/save", "Save a post", server.SignedIn), h.save(true))
	server.Register(r, op("post-unsave", http.MethodDelete, posts+"/{id}/save", "Take a post out of the saved ones", server.SignedIn), h.save(false))
	server.Register(r, op("post-share", http.MethodPost, posts+"/{id}/share", "Count that a post was passed on", server.SignedIn), h.share)
	server.Register(r, op("post-tagged", http.MethodGet, base+"/tags/{tag}/posts", "Posts with a tag, newest first", server.Public), h.tagged)
	server.Register(r, op("post-liked", http.MethodGet, base+"/liked", "The posts I like", server.SignedIn), h.kept(false))
	server.Register(r, op("post-saved", http.MethodGet, base+"/saved", "The posts I saved", server.SignedIn), h.kept(true))

	captions := posts + "/{id}/captions/{lang}"
	server.Register(r, op("captions-get", http.MethodGet, captions, "A post's captions in one language, as WebVTT", server.Public), h.captions)
	server.Register(r, op("captions-put", http.MethodPut, captions, "Put a post's captions in one language", server.SignedIn), h.setCaptions)
	server.Register(r, gone(op("captions-delete", http.MethodDelete, captions, "Take a language's captions away", server.SignedIn)), h.removeCaptions)

	server.Register(r, op("comment-list", http.MethodGet, posts+"/{id}/comments", "A post's comments, newest first", server.Public), h.comments)
	server.Register(r, op("comment-create", http.MethodPost, posts+"/{id}/comments", "Comment on a post", server.SignedIn), h.say)
	server.Register(r, gone(op("comment-delete", http.MethodDelete, comments+"/{id}", "Delete a comment: its writer, or the post's team", server.SignedIn)), h.deleteComment)
	server.Register(r, op("comment-like", http.MethodPut, comments+"/{id}/like", "Like a comment", server.SignedIn), h.likeComment(true))
	server.Register(r, op("comment-unlike", http.MethodDelete, comments+"/{id}/like", "Take a like back from a comment", server.SignedIn), h.likeComment(false))
}

const base = "/api/v1/channel"

func op(id, method, path, summary string, allow server.Allow) server.Op {
	return server.Op{ID: id, Method: method, Path: path, Tag: "channel", Summary: summary, Allow: allow}
}

func gone(o server.Op) server.Op {
	o.Status = http.StatusNoContent
	return o
}

// Sizes of pages: one screen of a phone and its read-ahead.
const (
	pageSize    = 20
	maxPageSize = 50
)

// ByID is the path of one thing. Embedded inputs are exported because huma looks only into those.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

// Page is the query of every list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

// limit reads one row more than the page, to know whether there is a next one.
func (p Page) limit() int {
	if p.Limit < 1 || p.Limit > maxPageSize {
		return pageSize + 1
	}
	return p.Limit + 1
}

// cut drops the row beyond the page and names the cursor of the next page.
func cut[T any](list []T, p Page, id func(T) string) (page []T, next string) {
	if n := p.limit() - 1; len(list) > n {
		return list[:n], id(list[n-1])
	}
	return list, ""
}
