package llhls

import (
	"net/url"
	"testing"

	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// FuzzDirectives: what a playlist is asked for is understood in one way or refused, and nothing is waited for
// that lies further ahead than the limits.
func FuzzDirectives(f *testing.F) {
	f.Add("_HLS_msn=4&_HLS_part=2", uint64(3))
	f.Add("_HLS_msn=18446744073709551615&_HLS_part=18446744073709551615&_HLS_skip=YES", uint64(0))
	f.Add("_HLS_part=1", uint64(1))
	f.Add("_HLS_msn=%31&_HLS_msn=9;x=y", uint64(1<<63))
	f.Fuzz(func(t *testing.T, query string, seq uint64) {
		fuzztest.Within(t, len(query), fuzztest.Cost{Fixed: 64 << 10, PerByte: 512}, func() {
			sameAsParsed(t, query)
			d, err := parseDirectives(query)
			if err != nil {
				return
			}
			if d.hasPart && !d.blocking {
				t.Fatalf("%q is %+v", query, d)
			}
			n := &snapshot{cur: segment{seq: seq % (1 << 40)}}
			if d.check(n) == nil && d.blocking && (d.msn > n.cur.seq+advanceSegments || d.hasPart && d.part > maxPartIndex) {
				t.Fatalf("%q waits at %d for %+v", query, n.cur.seq, d)
			}
			_ = d.satisfied(n)
		})
	})
}

// sameAsParsed: a query read in place says what url.ParseQuery reads in it.
func sameAsParsed(t *testing.T, query string) {
	t.Helper()
	q, wrong := url.ParseQuery(query)
	msn, part, skip, err := values(query)
	if (err == nil) != (wrong == nil) {
		t.Fatalf("%q: %v, and net/url says %v", query, err, wrong)
	}
	for name, got := range map[string]value{"_HLS_msn": msn, "_HLS_part": part, "_HLS_skip": skip} {
		if got.has != q.Has(name) || got.text != q.Get(name) {
			t.Fatalf("%q: %s is %+v, and net/url says %q", query, name, got, q[name])
		}
	}
}
