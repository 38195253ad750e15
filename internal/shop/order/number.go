package order

import (
	"fmt"
	"time"
)

// Number is what people read to each other: date, milliseconds of the day and a counter, 20 digits.
// Two orders of one process in the same millisecond differ by the counter; the unique index decides
// between processes.
func Number(now time.Time, seq uint64) string {
	now = now.UTC()
	ms := now.UnixMilli() % (24 * 60 * 60 * 1000)
	return fmt.Sprintf("%s%08d%06d", now.Format("060102"), ms, seq%1_000_000)
}
