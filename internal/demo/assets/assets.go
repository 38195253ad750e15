package assets

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed manifest.json clips/*.mp4 covers/*.jpg products/*.webp avatars/*.webp
var embedded embed.FS

// FS is the media the manifest speaks of, read-only: clips/, covers/,
// products/, avatars/ and manifest.json at the root. File names in the manifest
// are paths into it.
func FS() fs.FS { return embedded }

// Manifest parses the embedded manifest. Each call returns a fresh copy that the
// caller may change. It fails only when the binary was built from a broken
// manifest: unknown fields are refused, so a misspelt key cannot pass silently.
func Manifest() (*World, error) {
	raw, err := embedded.ReadFile("manifest.json")
	if err != nil {
		return nil, fmt.Errorf("read demo manifest: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var w World
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("parse demo manifest: %w", err)
	}
	return &w, nil
}

// AvatarFile names the picture of avatar index n, as users carry it. Indexes run
// from 0 to Avatars-1; others wrap around, so any number shows some face.
func AvatarFile(n int) string {
	return fmt.Sprintf("avatars/%d.webp", ((n%Avatars)+Avatars)%Avatars)
}

// Avatars is the number of faces users choose from.
const Avatars = 40
