package mp4test

import (
	"fmt"
	"slices"
)

// Defect is one broken or hostile file, the same at every call.
type Defect struct {
	Name  string // what is wrong with it
	Class string
	// Parse is the code the index is refused with, "" when it is sound, Any when the class only
	// promises that the answer is an honest one.
	Parse string
	// Door is the code the upload is refused with, "" when it plays, Any as above.
	Door string
	File Sparse
}

// Any stands for "refused or played, within the rules": seeded damage hits or misses.
const Any = "*"

// mutation is a defect made by changing a good film. door is what the upload answers where that is
// not what the parser answers.
type mutation struct {
	name  string
	parse string
	do    func(f *Film)
}

// doors are the defects a sound index can have: what the upload door says to them.
var doors = map[string]string{
	"hdlr missing": "no_video_track", "stsz missing": "no_video_track",
	"unknown codec": "codec_unsupported", "binary fourcc": "codec_unsupported", "stsc changes entry": "codec_unsupported",
	"profile no browser has": "codec_unsupported", "encrypted picture": "codec_unsupported", "encrypted sound": "codec_unsupported",
	"av1C of one byte": "codec_unsupported", "picture of 65535 x 65535": "codec_unsupported",
}

// Hostile builds the whole corpus, at least 200 files. They are lengths and heads in memory; the
// largest takes 64 MB only while it is read.
func Hostile() []Defect { return append(defects(true), bombs()...) }

// Seeds are the heads of the files of less than 4 KB, for fuzz targets: larger ones only slow a search down.
func Seeds() [][]byte {
	var out [][]byte
	for _, d := range defects(false) {
		if len(d.File.Head) < 4<<10 {
			out = append(out, d.File.Head)
		}
	}
	return out
}

// large are the mutations that take their time to build.
var large = []string{"deep nesting in moov", "deep nesting in stbl", "deep wave", "seventy thousand empty boxes", "a thousand tracks", "a hundred thousand edits"}

func defects(all bool) []Defect {
	var out []Defect
	for _, group := range []struct {
		class string
		list  []mutation
	}{
		{"headers", inHeaders}, {"tables", inTables}, {"boxes", inBoxes}, {"fragments", inFragments}, {"codecs", inCodecs}, {"layout", inLayout},
	} {
		for _, m := range group.list {
			if !all && slices.Contains(large, m.name) {
				continue
			}
			f := Generate(300, 470)
			if !all {
				f = Generate(40, 40)
			}
			m.do(f)
			out = append(out, Defect{Name: m.name, Class: group.class, Parse: m.parse, Door: doorOf(m.name, m.parse), File: f.Reader()})
		}
	}
	out = append(out, cuts()...)
	out = append(out, polyglots()...)
	for seed := range uint64(seeded) {
		out = append(out, Defect{Name: fmt.Sprintf("random damage, seed %d", seed), Class: "damage", Parse: Any, Door: Any, File: damage(seed)})
	}
	return out
}

func doorOf(name, parse string) string {
	if code, ok := doors[name]; ok {
		return code
	}
	return parse
}
