package bus

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// Break is one rule that the stored facts do not keep.
type Break struct{ Rule, Subject, Detail string }

// maxBreaks bounds the list per rule: the first hundred tell as much as a million.
const maxBreaks = 100

// rules each select the subject and the detail of what breaks them. Together they say that every row of the
// outbox is delivered or pending: what is sequenced is dense above the slowest cursor and ends at the head, and
// no cursor is beyond it. Rows behind every living cursor may have been trimmed; 2,505,600,000 ms are 29 days, a
// day less than deadAfter.
var rules = []struct{ name, query string }{
	{"outbox.has_head", `SELECT 'bus_head', CAST(count(*) AS TEXT) || ' rows' FROM bus_head HAVING count(*) <> 1 LIMIT $1`},
	{"outbox.within_head", `SELECT o.id, 'seq ' || CAST(o.seq AS TEXT) || ', the head is ' || CAST(h.seq AS TEXT)
		FROM bus_outbox o JOIN bus_head h ON h.id = 1 WHERE o.seq > h.seq OR o.seq < 1 ORDER BY o.seq LIMIT $1`},
	{"outbox.pending_is_whole", `SELECT 'bus_outbox', CAST(h.seq - c.low AS TEXT) || ' to deliver, ' || CAST(count(o.seq) AS TEXT) || ' are there'
		FROM bus_head h CROSS JOIN (SELECT COALESCE(min(seq), 0) AS low, count(*) AS n FROM bus_cursors
			WHERE at > (SELECT max(at) FROM bus_cursors) - 2505600000) c
		LEFT JOIN bus_outbox o ON o.seq > c.low AND o.seq <= h.seq
		WHERE h.id = 1 AND c.n > 0 GROUP BY h.seq, c.low HAVING count(o.seq) <> h.seq - c.low LIMIT $1`},
	{"outbox.cursor_within_head", `SELECT c.consumer, 'at ' || CAST(c.seq AS TEXT) || ', the head is ' || CAST(h.seq AS TEXT)
		FROM bus_cursors c JOIN bus_head h ON h.id = 1 WHERE c.seq > h.seq OR c.seq < 0 ORDER BY c.consumer LIMIT $1`},
	{"outbox.parked_within_head", `SELECT p.event_id, p.consumer || ' parked seq ' || CAST(p.seq AS TEXT) || ', the head is ' || CAST(h.seq AS TEXT)
		FROM bus_parked p JOIN bus_head h ON h.id = 1 WHERE p.seq > h.seq ORDER BY p.event_id LIMIT $1`},
}

// Audit checks the outbox against its cursors. Beside a working server it needs the one instant of a
// db.Snapshot in ctx: trimming and delivering go on.
func (b *Bus) Audit(ctx context.Context) ([]Break, error) {
	var out []Break
	for _, r := range rules {
		found, err := db.List(ctx, b.DB, func(row db.Row) (Break, error) {
			v := Break{Rule: r.name}
			err := row.Scan(&v.Subject, &v.Detail)
			return v, err
		}, r.query, maxBreaks)
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", r.name, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
