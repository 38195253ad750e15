package shop

import (
	"cmp"
	"slices"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// maxIn bounds the ids of one list in a statement; longer lists are read in parts.
const maxIn = 512

// inChunks calls fn with parts of at most maxIn ids. The last id of a part may come again at its end: the
// lengths are powers of two, so that lists of any length make ten different statements to compile.
func inChunks(ids []string, fn func(part []string) error) error {
	for part := range slices.Chunk(ids, maxIn) {
		size := 1
		for size < len(part) {
			size *= 2
		}
		padded := slices.Grow(slices.Clone(part), size-len(part))
		for len(padded) < size {
			padded = append(padded, part[len(part)-1])
		}
		if err := fn(padded); err != nil {
			return err
		}
	}
	return nil
}

// unique sorts and removes doubles and empty ids, so that equal sets make equal statements.
func unique(ids []string) []string {
	out := slices.Clone(ids)
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return out
}

func anys(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

func sortedBy[T any](m map[string]T, key func(T) string) []T {
	out := make([]T, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}

func scanText(r db.Row) (string, error) {
	var v string
	err := r.Scan(&v)
	return v, err
}

func scanInt(r db.Row) (int64, error) {
	var v int64
	err := r.Scan(&v)
	return v, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
