package llhls

import (
	"net/http"
	"strconv"
	"time"
)

const (
	// cacheTargets is how long the answer to a blocking request may be cached, in target durations: its
	// URL names the state it must contain, so an old answer is still a right one.
	cacheTargets = 6

	// The session's prefix is part of every URL, so a name never means two things.
	cacheForever = "public, max-age=31536000, immutable"
	cacheBriefly = "public, max-age=1" // live playlists: below half a target duration; and 404
	cacheEnded   = "public, max-age=60"
	cacheNever   = "no-store"

	typePlaylist = "application/vnd.apple.mpegurl"
	typeMedia    = "video/mp4"
	typeText     = "text/plain; charset=utf-8"
)

// Head is the status and the headers that many answers share, made once and changed by nobody: a room's viewers
// ask thousands of times a second. There are some dozen, so who keeps something per Head keeps little.
// Content-Length is not in it.
type Head struct {
	Status int
	Header http.Header // canonical names
}

// Answer is what a request gets. Head and Body are shared with other readers.
type Answer struct {
	*Head
	Body []byte // what HEAD measures and GET sends
}

// head makes a Head from a status and pairs of names and values. Any page may read live media.
func head(status int, pairs ...string) *Head {
	h := &Head{Status: status, Header: http.Header{"Access-Control-Allow-Origin": {"*"}}}
	for i := 0; i < len(pairs); i += 2 {
		h.Header.Set(pairs[i], pairs[i+1])
	}
	return h
}

func refusal(status int, cache string, pairs ...string) *Head {
	return head(status, append([]string{"Cache-Control", cache, "Content-Type", typeText}, pairs...)...)
}

var (
	objectHead = head(http.StatusOK, "Cache-Control", cacheForever, "Content-Type", typeMedia)

	badHead    = refusal(http.StatusBadRequest, cacheNever)
	absentHead = refusal(http.StatusNotFound, cacheBriefly)
	lateHead   = refusal(http.StatusServiceUnavailable, cacheNever, "Retry-After", "1")

	absent  = Answer{absentHead, []byte("no such object\n")}
	barren  = Answer{absentHead, []byte("the stream ended without media\n")}
	tooLate = Answer{lateHead, []byte("nothing new in time\n")}

	endedList = listHeads(cacheEnded)
	briefList = listHeads(cacheBriefly)
	shortList = listHeads(cacheFor(shortTarget))
	longList  = listHeads(cacheFor(longTarget))
)

// lists are the heads of one playlist in its two encodings.
type lists struct{ plain, gzip *Head }

func listHeads(cache string) lists {
	pairs := []string{"Cache-Control", cache, "Content-Type", typePlaylist, "Vary", "Accept-Encoding"}
	return lists{plain: head(http.StatusOK, pairs...), gzip: head(http.StatusOK, append(pairs, "Content-Encoding", "gzip")...)}
}

// cacheFor is how long an answer to a blocking request may be cached under a TARGETDURATION.
func cacheFor(target time.Duration) string {
	return "public, max-age=" + strconv.Itoa(int(cacheTargets*target/time.Second))
}

// list answers with a playlist.
func (n *snapshot) list(p rendering, blocking, gzip bool) Answer {
	heads := briefList
	switch {
	case n.ended:
		heads = endedList
	case blocking && n.target == shortTarget:
		heads = shortList
	case blocking:
		heads = longList
	}
	if gzip && p.gzip != nil {
		return Answer{heads.gzip, p.gzip}
	}
	return Answer{heads.plain, p.plain}
}

// unready answers for a playlist that no media will fill any more.
func (n *snapshot) unready() Answer {
	if n.ended {
		return barren
	}
	return tooLate
}
