package id

import (
	"testing"
	"time"
)

func TestTime_IsWhenTheIdWasMade(t *testing.T) {
	at := time.UnixMilli(1_766_000_000_123)
	s := NewSource(func() time.Time { return at })
	for range 3 { // the second and third differ by their random part alone
		if ms, ok := Time(s.New("ord")); !ok || ms != at.UnixMilli() {
			t.Errorf("%d, %v", ms, ok)
		}
	}
	for _, bad := range []string{"", "ord", "ord_", "ord_short", "ord_uuuuuuuuuuuuuuuuuuuuuuuuuu"} {
		if _, ok := Time(bad); ok {
			t.Errorf("%q has a time", bad)
		}
	}
}
