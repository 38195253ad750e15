package demo

import (
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/hawker-live/hawker/internal/infra/db"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate prepares the table of things. Seed calls it, so that a site that is no demo never has it.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "demo", schema) }

// Keys of things that stand alone; the others are numbered, see key.
const (
	keyOrigin = "origin" // unix ms: the moment whose past the seed tells
	keySeeded = "seeded" // the seed is complete
	keySample = "sample" // the video of the sample source
)

// key names a thing: kind and what tells it from its like.
func key(kind string, of ...any) string {
	for _, v := range of {
		kind += "/" + fmt.Sprint(v)
	}
	return kind
}

func (w *World) thing(ctx context.Context, k string) (string, bool, error) {
	return db.Get(ctx, w.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err }, `SELECT id FROM demo_things WHERE key = $1`, k)
}

// put notes a thing, in the transaction that made it. A later note of the same key wins.
func (w *World) put(ctx context.Context, k, id string) error {
	_, err := w.DB.Exec(ctx, `INSERT INTO demo_things (key, id) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET id = excluded.id`, k, id)
	if err != nil {
		return fmt.Errorf("note %s: %w", k, err)
	}
	return nil
}

// maxThings is some twenty times what the seed makes.
const maxThings = 20_000

// things reads every thing there is.
func (w *World) things(ctx context.Context) (map[string]string, error) {
	type row struct{ key, id string }
	rows, err := db.List(ctx, w.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.key, &v.id); return v, err }, `SELECT key, id FROM demo_things LIMIT $1`, int64(maxThings))
	out := make(map[string]string, len(rows))
	for _, v := range rows {
		out[v.key] = v.id
	}
	return out, err
}

// dice are the choices about one matter. They depend on nothing else, so that an interrupted seed chooses
// the same when it goes on.
func dice(matter string, n int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(matter)) // a hash never fails
	return rand.New(rand.NewPCG(FixedSeed, h.Sum64()+uint64(n)))
}
