package channel_test

import (
	"testing"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// each runs a test on both engines, and then compares every counter with its rows.
func each(t *testing.T, fn func(t *testing.T, w *channeltest.World)) {
	t.Helper()
	dbtest.Each(t, channeltest.Migrate, func(t *testing.T, d *db.DB) {
		w := channeltest.New(t, d)
		fn(t, w)
		w.CountersHold()
	})
}

func ids(posts []channel.Post) []string {
	out := []string{}
	for _, p := range posts {
		out = append(out, p.ID)
	}
	return out
}

func text(n int) string {
	b := make([]rune, n)
	for i := range b {
		b[i] = '吆'
	}
	return string(b)
}
