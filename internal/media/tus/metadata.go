package tus

import (
	"encoding/base64"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxMetadata bounds the Upload-Metadata header in bytes.
	maxMetadata = 4 << 10
	// maxFilename is the longest name file systems take, in bytes.
	maxFilename = 255
	// maxMIME is the longest type and subtype of RFC 6838 4.2.
	maxMIME = 127
)

// metadata reads filename and filetype from an Upload-Metadata header: "key base64, key base64".
// Other keys are allowed and ignored. ok is false when the header breaks the protocol.
func metadata(header string) (filename, kind string, ok bool) {
	if len(header) > maxMetadata {
		return "", "", false
	}
	if strings.TrimSpace(header) == "" {
		return "", "", true
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if key == "" || err != nil {
			return "", "", false
		}
		switch key {
		case "filename", "name":
			if filename == "" {
				filename = cleanName(string(decoded))
			}
		case "filetype", "type":
			if kind == "" {
				kind = cleanType(string(decoded))
			}
		}
	}
	return filename, kind, true
}

// metadataOf is the header that HEAD must repeat, out of what was kept.
func metadataOf(u Upload) string {
	var pairs []string
	for _, pair := range [][2]string{{"filename", u.Filename}, {"filetype", u.MIME}} {
		if pair[1] != "" {
			pairs = append(pairs, pair[0]+" "+base64.StdEncoding.EncodeToString([]byte(pair[1])))
		}
	}
	return strings.Join(pairs, ",")
}

// cleanName keeps the last path element, without control and formatting characters (which could
// reorder the text on screen), cut at a rune boundary.
func cleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
	for len(s) > maxFilename {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	if s == "." || s == ".." {
		return ""
	}
	return s
}

func cleanType(s string) string {
	kind, _, err := mime.ParseMediaType(s)
	if err != nil || len(kind) > maxMIME || !strings.Contains(kind, "/") {
		return ""
	}
	return kind
}
