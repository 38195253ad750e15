package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	linkRule = `Rule: a relative link in Markdown leads to a file of the repository. Reason: a page that sends its
reader nowhere is worse than one that says nothing.`
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
	})
	report(t, linkRule, broken)
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
