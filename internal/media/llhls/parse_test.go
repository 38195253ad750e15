package llhls

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// playlist is a media playlist as a player reads it.
type playlist struct {
	text       string
	target     int
	partTarget float64
	control    map[string]string
	mediaSeq   int
	discSeq    int
	skipped    int
	segs       []listing // finished; the last may be the open one, with done false
	hint       string
	ended      bool
	promised   bool // EXT-X-INDEPENDENT-SEGMENTS
}

type listing struct {
	seq      int
	duration float64
	uri      string
	pdt      time.Time
	disc     bool
	initURI  string // in force
	newInit  bool
	parts    []partListing
	done     bool
}

type partListing struct {
	duration    float64
	uri         string
	independent bool
}

func parsePlaylist(t testing.TB, text string) *playlist {
	t.Helper()
	p := &playlist{text: text}
	num := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("%q is no number in:\n%s", s, text)
		}
		return v
	}
	var open listing
	used := false
	initURI := ""
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "#EXTM3U" {
		t.Fatalf("the playlist begins with %q", lines[0])
	}
	for _, line := range lines[1:] {
		tag, value, _ := strings.Cut(line, ":")
		used = used || strings.HasPrefix(tag, "#EXT-X-PART") && tag != "#EXT-X-PART-INF"
		switch tag {
		case "#EXT-X-VERSION":
		case "#EXT-X-TARGETDURATION":
			p.target = int(num(value))
		case "#EXT-X-SERVER-CONTROL":
			p.control = attributes(value)
		case "#EXT-X-PART-INF":
			p.partTarget = num(attributes(value)["PART-TARGET"])
		case "#EXT-X-MEDIA-SEQUENCE":
			p.mediaSeq = int(num(value))
		case "#EXT-X-DISCONTINUITY-SEQUENCE":
			p.discSeq = int(num(value))
		case "#EXT-X-INDEPENDENT-SEGMENTS":
			p.promised = true
		case "#EXT-X-SKIP":
			p.skipped = int(num(attributes(value)["SKIPPED-SEGMENTS"]))
		case "#EXT-X-DISCONTINUITY":
			open.disc = true
		case "#EXT-X-MAP":
			initURI = attributes(value)["URI"]
			open.newInit = true
		case "#EXT-X-PROGRAM-DATE-TIME":
			at, err := time.Parse(time.RFC3339Nano, value)
			if err != nil {
				t.Fatalf("date: %v", err)
			}
			open.pdt = at
		case "#EXT-X-PART":
			a := attributes(value)
			open.parts = append(open.parts, partListing{num(a["DURATION"]), a["URI"], a["INDEPENDENT"] == "YES"})
		case "#EXTINF":
			open.duration = num(strings.TrimSuffix(value, ","))
		case "#EXT-X-PRELOAD-HINT":
			p.hint = attributes(value)["URI"]
		case "#EXT-X-ENDLIST":
			p.ended = true
		default:
			if strings.HasPrefix(line, "#") {
				t.Fatalf("unknown tag %s", tag)
			}
			open.uri, open.done, open.initURI = line, true, initURI
			open.seq = p.mediaSeq + p.skipped + len(p.segs)
			p.segs = append(p.segs, open)
			open, used = listing{}, false
		}
	}
	if len(open.parts) > 0 {
		open.initURI, open.seq = initURI, p.mediaSeq+p.skipped+len(p.segs)
		p.segs = append(p.segs, open)
	} else if open.disc || open.newInit || used && p.hint == "" {
		t.Fatalf("tags of a segment that has no parts in:\n%s", text)
	}
	return p
}

func attributes(value string) map[string]string {
	out := map[string]string{}
	for value != "" {
		var name, v string
		name, value, _ = strings.Cut(value, "=")
		if strings.HasPrefix(value, `"`) {
			v, value, _ = strings.Cut(value[1:], `"`)
			value = strings.TrimPrefix(value, ",")
		} else {
			v, value, _ = strings.Cut(value, ",")
		}
		out[name] = v
	}
	return out
}

// finished are the listed segments that are complete.
func (p *playlist) finished() []listing {
	if n := len(p.segs); n > 0 && !p.segs[n-1].done {
		return p.segs[:n-1]
	}
	return p.segs
}
