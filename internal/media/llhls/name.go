package llhls

import (
	"strconv"
	"strings"
)

// object is what a name stands for.
type object struct {
	kind       kind
	seq, index uint64 // index is of a part
}

type kind uint8

const (
	unknown kind = iota
	multiList
	mediaList
	initObject
	segmentObject
	partObject
)

func objectOf(name string) object {
	switch name {
	case "index.m3u8":
		return object{kind: multiList}
	case "video.m3u8":
		return object{kind: mediaList}
	}
	if id, ok := cutNumber(name, "init-", ".mp4"); ok {
		return object{kind: initObject, seq: id}
	}
	if seq, ok := cutNumber(name, "seg-", ".m4s"); ok {
		return object{kind: segmentObject, seq: seq}
	}
	if seq, index, ok := cutPart(name); ok {
		return object{kind: partObject, seq: seq, index: index}
	}
	return object{}
}

func cutNumber(name, prefix, suffix string) (uint64, bool) {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	rest, ok = strings.CutSuffix(rest, suffix)
	if !ok {
		return 0, false
	}
	return number(rest)
}

func cutPart(name string) (seq, index uint64, ok bool) {
	rest, ok := strings.CutPrefix(name, "part-")
	if !ok {
		return 0, 0, false
	}
	a, b, ok := strings.Cut(strings.TrimSuffix(rest, ".m4s"), "-")
	if !ok || !strings.HasSuffix(rest, ".m4s") {
		return 0, 0, false
	}
	seq, okSeq := number(a)
	index, okIndex := number(b)
	return seq, index, okSeq && okIndex
}

// number reads a decimal in its only form: a shared cache must not hold 7 and 007 as two objects.
func number(s string) (uint64, bool) {
	if len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	v, err := strconv.ParseUint(s, 10, 63)
	return v, err == nil
}
