package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// position is a part's place: its segment's media sequence number and its index there.
type position struct{ msn, part int }

func (p position) before(o position) bool { return p.msn < o.msn || p.msn == o.msn && p.part < o.part }

type part struct {
	position
	name string
}

// listing is what a viewer takes from a media playlist.
type listing struct {
	segments []string
	parts    []part
	next     position // of the hinted part, the next to ask for
}

var partName = regexp.MustCompile(`URI="(part-(\d+)-(\d+)\.m4s)"`)

func parseListing(text string) (*listing, error) {
	l := &listing{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#EXT-X-PART:"), strings.HasPrefix(line, "#EXT-X-PRELOAD-HINT:"):
			m := partName.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("a part without a name: %s", line)
			}
			p := part{name: m[1]}
			p.msn, _ = strconv.Atoi(m[2])
			p.part, _ = strconv.Atoi(m[3])
			if strings.HasPrefix(line, "#EXT-X-PART:") {
				l.parts = append(l.parts, p)
			} else {
				l.next = p.position
			}
		case line != "" && line[0] != '#':
			l.segments = append(l.segments, line)
		}
	}
	if len(l.segments) == 0 && len(l.parts) == 0 {
		return nil, fmt.Errorf("a playlist without media: %.200s", text)
	}
	return l, nil
}

// after lists the segments behind the one seen last; a newcomer begins with the newest.
func (l *listing) after(last string) []string {
	if i := slices.Index(l.segments, last); i >= 0 {
		return l.segments[i+1:]
	}
	return l.segments[max(len(l.segments)-1, 0):]
}
