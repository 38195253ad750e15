package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	linkRule = `Rule: a relative link in Markdown leads to a file of the repository, and its #anchor to a heading there.
Reason: a page that sends its reader nowhere is worse than one that says nothing.`
	fragmentRule = `Rule: changelog/unreleased/<words-with-dashes>.md begins with one line "Feature: …", "Change: …",
"Fix: …", "Removal: …" or "Security: …" of at most 200 characters for the people who use Hawker; more
follows after an empty line. Reason: releases are put together from these files by kind.`
)

var (
	link         = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	fence        = regexp.MustCompile("(?ms)^```.*?^```")
	inlineCode   = regexp.MustCompile("`[^`\n]*`")
	fragmentName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.md$`)
	fragmentLine = regexp.MustCompile(`^(Feature|Change|Fix|Removal|Security): \S`)
)

func TestDocs_LinksLeadSomewhere(t *testing.T) {
	var broken []string
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".md") {
			return
		}
		for _, target := range links(read(t, name)) {
			if !exists(name, target) {
				broken = append(broken, name+" links to "+target)
			}
		}
		for _, target := range anchored(read(t, name)) {
			file, anchor, _ := strings.Cut(target, "#")
			at := name
			if file != "" {
				at = path.Join(path.Dir(name), file)
			}
			if strings.HasSuffix(at, ".md") && (file == "" || exists(name, file)) && !slices.Contains(anchors(read(t, at)), anchor) {
				broken = append(broken, name+" links to "+target+", where no such heading is")
			}
		}
	})
	report(t, linkRule, broken)
}

// anchored lists the relative targets of a page that name a heading.
func anchored(text string) (out []string) {
	text = inlineCode.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if target := strings.Trim(m[1], "<>"); strings.Contains(target, "#") && !strings.Contains(target, "://") {
			out = append(out, target)
		}
	}
	return out
}

var (
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`)
	unsaid  = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_ -]`)
)

// anchors are the names of a page's headings as GitHub makes them: lower case, blanks as dashes, other signs
// left out, and a number behind the second of a name.
func anchors(text string) (out []string) {
	seen := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		plain := link.ReplaceAllStringFunc(m[1], func(l string) string { return strings.Trim(strings.SplitN(l, "]", 2)[0], "![") })
		name := strings.ReplaceAll(unsaid.ReplaceAllString(strings.ToLower(plain), ""), " ", "-")
		if n := seen[name]; n > 0 {
			out = append(out, name+"-"+strconv.Itoa(n))
		} else {
			out = append(out, name)
		}
		seen[name]++
	}
	return out
}

// links lists the relative targets of a page, without those in code.
func links(text string) (out []string) {
	text = inlineCode.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(strings.Trim(m[1], "<>"), "#")
		target, _, _ = strings.Cut(target, "?")
		if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		out = append(out, target)
	}
	return out
}

func exists(page, target string) bool {
	at := path.Join(path.Dir(page), target)
	if strings.HasPrefix(target, "/") {
		at = strings.TrimPrefix(target, "/")
	}
	if strings.HasPrefix(at, "..") {
		return false
	}
	_, err := os.Stat(filepath.Join(root(), at))
	return err == nil
}

func TestDocs_ChangelogFragments(t *testing.T) {
	var broken []string
	walk(t, func(name string) {
		if dir, file := path.Split(name); dir == "changelog/unreleased/" && file != "README.md" && file != ".gitkeep" {
			if why := badFragment(file, read(t, name)); why != "" {
				broken = append(broken, name+": "+why)
			}
		}
	})
	report(t, fragmentRule, broken)
}

func badFragment(file, text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	next, _, _ := strings.Cut(rest, "\n")
	switch {
	case !fragmentName.MatchString(file):
		return "the name does not fit"
	case !fragmentLine.MatchString(first):
		return "the first line does not begin with a kind"
	case len([]rune(first)) > 200:
		return "the first line is too long"
	case strings.TrimSpace(next) != "":
		return "the second line is not empty"
	}
	return ""
}

func TestDocsChecks_SeeWhatBreaksThem(t *testing.T) {
	page := "[a](go.mod) ![b](missing.png \"t\") [c](https://example.org/x) [d](#here) [e](go.mod#L1)\n```\n[f](nowhere)\n```\n`[g](nowhere)`\n"
	got := links(page)
	if strings.Join(got, " ") != "go.mod missing.png go.mod" {
		t.Errorf("links: %v", got)
	}
	if got := anchored("[d](#here) [e](x.md#there) [f](https://example.org/#far)"); strings.Join(got, " ") != "#here x.md#there" {
		t.Errorf("anchored: %v", got)
	}
	if got := anchors("# What `make` does, twice\n## 上线 OBS\n```\n# no heading\n```\n## [Links](x.md) count\n# 上线 OBS\n"); strings.Join(got, " ") != "what-make-does-twice 上线-obs links-count 上线-obs-1" {
		t.Errorf("anchors: %v", got)
	}
	for target, want := range map[string]bool{"go.mod": true, "/go.mod": true, "missing.png": false, "../outside": false} {
		if exists("README.md", target) != want {
			t.Errorf("%s: exists is not %v", target, want)
		}
	}
	for file, c := range map[string]struct {
		text string
		ok   bool
	}{
		"live-rooms.md": {"Feature: rooms can be opened from a phone\n\nMore words.\n", true},
		"x.md":          {"Fix: one line", true},
		"X.md":          {"Fix: one line\n", false},
		"kind.md":       {"News: one line\n", false},
		"bare.md":       {"One line.\n", false},
		"heading.md":    {"# Fix: title\n", false},
		"empty.md":      {"\n", false},
		"nothing.md":    {"Fix: \n", false},
		"two.md":        {"Fix: one\ntwo\n", false},
		"long.md":       {"Fix: " + strings.Repeat("字", 201), false},
	} {
		if why := badFragment(file, c.text); (why == "") != c.ok {
			t.Errorf("%s: %q", file, why)
		}
	}
}
