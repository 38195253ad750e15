package tus

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strings"
)

// checksum is the checksum extension's hash over one request's body; the zero value asks for none.
type checksum struct {
	hash.Hash
	want []byte
}

func (c checksum) given() bool { return c.Hash != nil }

func (c checksum) matches() bool { return subtle.ConstantTimeCompare(c.Sum(nil), c.want) == 1 }

func parseChecksum(header string) (checksum, error) {
	if header == "" {
		return checksum{}, nil
	}
	algorithm, value, _ := strings.Cut(header, " ")
	want, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	c := checksum{want: want}
	switch algorithm {
	case "sha1":
		c.Hash = sha1.New()
	case "sha256":
		c.Hash = sha256.New()
	default:
		return checksum{}, malformed("Upload-Checksum", "use sha1 or sha256")
	}
	if err != nil || len(want) != c.Size() {
		return checksum{}, malformed("Upload-Checksum", "Upload-Checksum must be an algorithm and base64")
	}
	return c, nil
}
