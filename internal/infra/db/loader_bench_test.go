//go:build unix

package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// BenchmarkLoader compares a crowd's point reads through the loader with one statement each. On PostgreSQL the
// server's CPU comes on top of this process's.
func BenchmarkLoader(b *testing.B) {
	for name, url := range map[string]string{"sqlite": dbtest.SQLiteURL(b), "postgres": dbtest.PostgresURL(b)} {
		d := dbtest.Open(b, url, items)
		ctx := context.Background()
		args := []any{}
		const rows = 20_000
		for i := range rows {
			args = append(args, fmt.Sprintf("itm_%022d", i), i)
		}
		if _, err := d.InsertMany(ctx, db.Insert{Into: "items (id, n)", Cols: 2}, args); err != nil {
			b.Fatal(err)
		}
		l := db.NewLoader(d, itemsByID, scanItem)
		ways := map[string]func(id string) error{
			"get": func(id string) error {
				_, _, err := db.Get(ctx, d, func(r db.Row) (int, error) { _, n, err := scanItem(r); return n, err }, itemsByID+` ($1)`, id)
				return err
			},
			"loader": func(id string) error { _, _, err := l.Load(ctx, id); return err },
		}
		for _, callers := range []int{1, 64, 2_000} {
			for way, read := range ways {
				b.Run(fmt.Sprintf("%s/%d/%s", name, callers, way), func(b *testing.B) {
					var next atomic.Int64
					before := cpu()
					var wg sync.WaitGroup
					for range callers {
						wg.Go(func() {
							for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
								if err := read(args[2*(i*7919%rows)].(string)); err != nil {
									b.Error(err)
									return
								}
							}
						})
					}
					wg.Wait()
					b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
				})
			}
		}
	}
}

// cpu is the time this process has worked, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
