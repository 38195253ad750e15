package wire_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// question is what a player sends after its first answer.
type question struct {
	name string
	raw  string // BASE stands for the session's path
	back bool   // it goes back to the web server
	// then happens while the answer is waited for; nil: it comes at once.
	then func(w *world, answered func() bool)
}

const tail = " HTTP/1.1\r\nHost: hawker.example:8080\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n"

func get(name string, fields ...string) string {
	return "GET BASE" + name + tail + strings.Join(append(fields, "\r\n"), "\r\n")
}

// TestSame_AnswersAreThoseOfNetHTTP asks both ways, byte by byte the same.
func TestSame_AnswersAreThoseOfNetHTTP(t *testing.T) {
	w := newWorld(t, 2000)
	w.play(70 * time.Second) // window and linger are full; segments 0 to 34, or one fewer
	// No more is played once somebody has the answer: the other's may be of a newer playlist otherwise.
	play := func(w *world, answered func() bool) {
		for !answered() {
			w.play(100 * time.Millisecond)
		}
	}
	questions := []question{
		{name: "playlist", raw: get("video.m3u8")},
		{name: "playlist, gzip", raw: get("video.m3u8", "Accept-Encoding: gzip, deflate, br")},
		{name: "playlist, no gzip", raw: get("video.m3u8", "Accept-Encoding: gzip;q=0, br")},
		{name: "delta", raw: get("video.m3u8?_HLS_skip=YES", "Accept-Encoding: gzip")},
		{name: "delta, v2", raw: get("video.m3u8?_HLS_skip=v2")},
		{name: "multivariant", raw: get("index.m3u8", "Origin: https://elsewhere.example", "Cookie: hawker_session=abc")},
		{name: "multivariant, HEAD", raw: "HEAD" + get("index.m3u8", "Accept-Encoding: gzip")[3:]},
		{name: "of the past", raw: get("video.m3u8?_HLS_msn={msn-3}&_HLS_part=1")},
		{name: "foreign query", raw: get("video.m3u8?a=b&c&d=")},
		{name: "segment", raw: get("seg-{msn-4}.m4s")},
		{name: "segment, range", raw: get("seg-{msn-4}.m4s", "Range: bytes=10-20", "If-Range: \"x\"")},
		{name: "segment, conditional", raw: get("seg-{msn-4}.m4s", "If-None-Match: *", "If-Modified-Since: Sat, 21 Nov 2026 12:00:00 GMT")},
		{name: "segment, HEAD", raw: "HEAD" + get("seg-{msn-4}.m4s")[3:]},
		{name: "init", raw: get("init-0.mp4")},
		{name: "part", raw: get("part-{msn-1}-2.m4s?token=of-one-viewer", "Origin: null", "Connection: Keep-Alive", "Sec-Fetch-Site: cross-site")},
		{name: "part gone", raw: get("part-1-0.m4s")},
		{name: "part beyond the hint", raw: get("part-{msn}-9.m4s")},
		{name: "no such part, HEAD", raw: "HEAD" + get("part-1-0.m4s")[3:]},
		{name: "two names", raw: get("seg-007.m4s")},
		{name: "another name", raw: get("secret")},
		{name: "too far ahead", raw: get("video.m3u8?_HLS_msn={msn+9}")},
		{name: "long gone", raw: get("video.m3u8?_HLS_msn=0")},
		{name: "part without msn", raw: get("video.m3u8?_HLS_part=1")},
		{name: "no number", raw: get("video.m3u8?_HLS_msn=007")},
		{name: "skip maybe", raw: get("video.m3u8?_HLS_skip=MAYBE")},

		{name: "session ended", raw: "GET /media/live/ses_nobody/video.m3u8" + tail + "\r\n", back: true},
		{name: "escaped query", raw: get("video.m3u8?_HLS_skip=%59ES"), back: true},
		{name: "broken query", raw: get("video.m3u8?%zz"), back: true},
		{name: "escaped name", raw: get("video%2Em3u8"), back: true},
		{name: "dots", raw: get("../x"), back: true},
		{name: "OPTIONS", raw: "OPTIONS" + get("video.m3u8", "Origin: https://elsewhere.example")[3:], back: true},
		{name: "POST", raw: "POST" + get("video.m3u8", "Content-Length: 3")[3:] + "abc", back: true},
		{name: "GET with a body", raw: get("video.m3u8", "Content-Length: 3") + "abc", back: true},
		{name: "length of nothing", raw: get("video.m3u8", "Content-Length: 0"), back: true},
		{name: "chunks", raw: get("video.m3u8", "Transfer-Encoding: chunked") + "0\r\n\r\n", back: true},
		{name: "length and chunks", raw: get("video.m3u8", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", back: true},
		{name: "two lengths", raw: get("video.m3u8", "Content-Length: 5", "Content-Length: 6"), back: true},
		{name: "folded", raw: get("video.m3u8", "Accept-Encoding: br,", " gzip"), back: true},
		{name: "two encodings", raw: get("video.m3u8", "Accept-Encoding: br", "Accept-Encoding: gzip"), back: true},
		{name: "bare LF", raw: "GET BASEvideo.m3u8 HTTP/1.1\nHost: a\n\n", back: true},
		{name: "NUL", raw: get("video.m3u8", "X: a\x00b"), back: true},
		{name: "two hosts", raw: get("video.m3u8", "Host: b"), back: true},
		{name: "no host", raw: "GET BASEvideo.m3u8 HTTP/1.1\r\n\r\n", back: true},
		{name: "close", raw: get("video.m3u8", "Connection: close"), back: true},
		{name: "upgrade", raw: get("video.m3u8", "Connection: Upgrade", "Upgrade: websocket"), back: true},
		{name: "long head", raw: get("video.m3u8", "X-Long: "+strings.Repeat("y", 9<<10)), back: true},
		{name: "another page", raw: "GET /media/vod/ast_1/index.m3u8" + tail + "\r\n", back: true},
		{name: "nothing there", raw: "GET /nothing" + tail + "\r\n", back: true},

		{name: "blocking reload", raw: get("video.m3u8?_HLS_msn={msn}&_HLS_part={part}"), then: play},
		{name: "blocking reload, HEAD, gzip", raw: "HEAD" + get("video.m3u8?_HLS_msn={msn}&_HLS_skip=YES", "Accept-Encoding: gzip")[3:], then: play},
		{name: "part past the segment's end", raw: get("video.m3u8?_HLS_msn={msn+1}&_HLS_part=4"), then: play},
		{name: "hinted part", raw: get("part-{msn}-{part}.m4s"), then: play},
	}
	w.compare(questions)
	// The publisher is lost: waits end by time, then with the session.
	w.sink.Close(nil)
	w.compare([]question{
		{name: "hinted part that does not come", raw: get("part-{msn}-{part}.m4s"), then: func(w *world, _ func() bool) { w.clk.Advance(13 * time.Second) }},
		{name: "reload that does not come", raw: get("video.m3u8?_HLS_msn={msn}&_HLS_part={part}"), then: func(w *world, _ func() bool) { w.clk.Advance(13 * time.Second) }},
		{name: "reload at the end", raw: get("video.m3u8?_HLS_msn={msn}&_HLS_part={part}"), then: func(w *world, _ func() bool) { w.clk.Advance(grace - 25*time.Second) }},
		{name: "ended", raw: get("video.m3u8", "Accept-Encoding: gzip")},
	})
}

// compare asks each question on a connection that net/http serves and on one of a loop, and looks at what follows
// on the connection, at the counters and at the log.
func (w *world) compare(questions []question) {
	w.t.Helper()
	plain, looped := w.site(false, nil), w.site(true, nil)
	for _, q := range questions {
		raw := w.fill(plain, q.raw)
		w.fill(looped, q.raw)
		a, b := w.adopted(plain), w.adopted(looped)
		before := looped.wire.Stats().Returned
		a.say(raw)
		b.say(raw)
		if q.then != nil {
			a.silent(30 * time.Millisecond)
			b.silent(30 * time.Millisecond)
			q.then(w, func() bool { return a.answered(20*time.Millisecond) || b.answered(20*time.Millisecond) })
		}
		// What follows shows whether the connection lives on, and that nothing of the question is left on it.
		first, second := a.hear(raw), b.hear(raw)
		after := strings.ReplaceAll(get("init-0.mp4"), "BASE", w.base)
		if !strings.HasPrefix(first, "closed") && !strings.Contains(first, "Connection: close") {
			first, second = first+"\n\n"+a.ask(after), second+"\n\n"+b.ask(after)
		}
		if first != second {
			w.t.Errorf("%s:\nnet/http %.2000q\nloop     %.2000q", q.name, first, second)
		}
		if back := looped.wire.Stats().Returned > before; back != q.back {
			w.t.Errorf("%s: back to the web server: %v, want %v", q.name, back, q.back)
		}
		_, _ = a.Close(), b.Close()
	}
	plain.wait("what was asked to end", func() bool {
		f1, s1 := plain.meter.said()
		f2, s2 := looped.meter.said()
		return f1 == 0 && f2 == 0 && len(s1) == len(s2)
	})
	_, s1 := plain.meter.said()
	_, s2 := looped.meter.said()
	slices.Sort(s1)
	slices.Sort(s2)
	if !slices.Equal(s1, s2) {
		w.t.Errorf("counted by net/http %q\ncounted by the loop %q", s1, s2)
	}
	if a, b := lines(plain.log), lines(looped.log); !slices.Equal(a, b) {
		w.t.Errorf("log of net/http %q\nlog of the loop %q", a, b)
	}
}

var blank = regexp.MustCompile(`\{(msn|part)([+-]\d)?\}`)

// fill writes where the stream is: msn and part are those announced next.
func (w *world) fill(s *site, raw string) string {
	if blank.MatchString(raw) {
		list := w.adopted(s).ask(strings.ReplaceAll(get("video.m3u8"), "BASE", w.base))
		hint := regexp.MustCompile(`PRELOAD-HINT:TYPE=PART,URI="part-(\d+)-(\d+)\.m4s"`).FindStringSubmatch(list)
		if hint == nil {
			w.t.Fatal(list)
		}
		raw = blank.ReplaceAllStringFunc(raw, func(word string) string {
			m, at, by := blank.FindStringSubmatch(word), 0, 0
			_, _ = fmt.Sscan(hint[map[string]int{"msn": 1, "part": 2}[m[1]]], &at)
			_, _ = fmt.Sscan(m[2], &by) // nothing is nothing
			return fmt.Sprint(at + by)
		})
	}
	return strings.ReplaceAll(raw, "BASE", w.base)
}

var unsaid = regexp.MustCompile(`(time|ms|request)=\S+`)

func lines(t *text) []string {
	out := strings.Split(strings.TrimSpace(unsaid.ReplaceAllString(t.String(), "")), "\n")
	slices.Sort(out)
	return out
}
