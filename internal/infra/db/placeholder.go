package db

import (
	"strconv"
	"strings"
)

// unnamed writes "?" for $1, $2, … of a statement that has each of them once and in order; other texts
// come back as they are. SQLite takes $1 for a name, and its driver looks a name up for every value
// of every execution.
func unnamed(q string) string {
	if strings.Contains(q, "--") || strings.Contains(q, "/*") {
		return q
	}
	var b strings.Builder
	b.Grow(len(q))
	var quote byte
	next := 1
	for i := 0; i < len(q); i++ {
		c := q[i]
		switch {
		case quote != 0:
			if c == quote { // a doubled quote closes and opens again, to the same effect
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '$':
			end := i + 1
			for end < len(q) && q[end] >= '0' && q[end] <= '9' {
				end++
			}
			if q[i+1:end] != strconv.Itoa(next) {
				return q
			}
			next++
			i = end - 1
			c = '?'
		case c == '?': // the text has its own
			return q
		}
		b.WriteByte(c)
	}
	return b.String()
}
