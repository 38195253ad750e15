package channel

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
)

// Limits of captions.
const (
	// MaxCaptionBytes of one language: half an hour of quick talk takes about 40 KB.
	MaxCaptionBytes = 64 << 10
	// MaxCues of one language: more than one a second over the longest video.
	MaxCues = 2000
	// maxCueText in characters: four lines of a phone, as much as can be read over a picture.
	maxCueText = 200
)

// cue is a text shown from start to end, in ms from the video's beginning.
type cue struct {
	startMS, endMS int64
	text           string // plain, lines split by \n
}

var (
	// timing is WebVTT 4.1's "cue timings": hours are optional, settings follow after white space.
	timing = regexp.MustCompile(`^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})(?:[ \t]|$)`)
	markup = regexp.MustCompile(`</?[^<>]*>`)
)

// parseCaptions reads a WebVTT file (W3C WebVTT 4.1) and keeps what can be read aloud: notes, style
// sheets, regions, cue names, positions and markup are dropped, because the player sets one face for all
// captions. Times must ascend, and stay within the longest video.
func parseCaptions(vtt string) ([]cue, error) {
	if len(vtt) > MaxCaptionBytes {
		return nil, errs.New(errs.Invalid, "captions_large", "keep a caption file within %d KB", MaxCaptionBytes>>10).In("vtt").With("max", MaxCaptionBytes>>10)
	}
	if !utf8.ValidString(vtt) || strings.ContainsRune(vtt, 0) {
		return nil, badCaptions(1, "the file is not UTF-8 text")
	}
	vtt = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(vtt, "\ufeff"))
	lines := strings.Split(vtt, "\n")
	if head := lines[0]; head != "WEBVTT" && !strings.HasPrefix(head, "WEBVTT ") && !strings.HasPrefix(head, "WEBVTT\t") {
		return nil, badCaptions(1, "the first line must be WEBVTT")
	}
	var cues []cue
	last := int64(0)
	for i := pastBlock(lines, 1); i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		end := pastBlock(lines, i)
		c, found, at, problem := readBlock(lines[i:end])
		if problem == "" && found && c.startMS < last {
			problem = "cues must stand in the order of their times"
		}
		if problem != "" {
			return nil, badCaptions(i+at+1, problem)
		}
		if found {
			last = c.startMS
			cues = append(cues, c)
		}
		if len(cues) > MaxCues {
			return nil, errs.New(errs.Invalid, "captions_many", "a caption file has at most %d cues", MaxCues).In("vtt").With("max", MaxCues)
		}
		i = end
	}
	if len(cues) == 0 {
		return nil, badCaptions(len(lines), "there is no cue in the file")
	}
	return cues, nil
}

// pastBlock is the index of the blank line that ends the block at i, or the end of the file.
func pastBlock(lines []string, i int) int {
	for i < len(lines) && strings.TrimSpace(lines[i]) != "" {
		i++
	}
	return i
}

// readBlock reads one block. A note, a style sheet or a region is no cue; of a problem, at is its line.
func readBlock(block []string) (c cue, found bool, at int, problem string) {
	switch word, _, _ := strings.Cut(block[0], " "); word {
	case "NOTE", "STYLE", "REGION":
		return c, false, 0, ""
	}
	if !strings.Contains(block[0], "-->") { // the cue's name
		at = 1
	}
	if at >= len(block) {
		return c, false, 0, "a cue needs a line such as 00:01.000 --> 00:04.000"
	}
	m := timing.FindStringSubmatch(block[at])
	if m == nil {
		return c, false, at, "a cue needs a line such as 00:01.000 --> 00:04.000"
	}
	c.startMS, c.endMS = clockMS(m[1:5]), clockMS(m[5:9])
	switch {
	case c.endMS <= c.startMS:
		return c, false, at, "a cue must end after it begins"
	case c.endMS > MaxVideoMS:
		return c, false, at, "a cue must end within 30 minutes, the longest video"
	}
	c.text = strings.TrimSpace(html.UnescapeString(markup.ReplaceAllString(strings.Join(block[at+1:], "\n"), "")))
	if utf8.RuneCountInString(c.text) > maxCueText {
		return c, false, at + 1, fmt.Sprintf("a cue has at most %d characters", maxCueText)
	}
	return c, c.text != "", 0, "" // a cue without words shows nothing
}

// clockMS reads hours (may be empty), minutes, seconds and milliseconds that the pattern let through.
// Hours beyond int64 come out as the largest value, which is past every limit.
func clockMS(part []string) int64 {
	var n [4]int64
	for i, p := range part {
		if p != "" {
			n[i], _ = strconv.ParseInt(p, 10, 64)
		}
	}
	if n[0] > 99 {
		return MaxVideoMS + 1
	}
	return ((n[0]*60+n[1])*60+n[2])*1000 + n[3]
}

func badCaptions(line int, why string) error {
	return errs.New(errs.Invalid, "captions_invalid", "line %d: %s", line, why).In("vtt").With("line", line)
}

var cueEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func renderCaptions(cues []cue) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for _, c := range cues {
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", vttTime(c.startMS), vttTime(c.endMS), cueEscape.Replace(blankLines.ReplaceAllString(c.text, "\n")))
	}
	return b.String()
}

// blankLines would end a cue: markup that stood alone on a line leaves one.
var blankLines = regexp.MustCompile(`\n\s*\n`)

func vttTime(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
