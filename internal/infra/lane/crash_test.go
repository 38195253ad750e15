package lane_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/lane"
)

const childURL = "HAWKER_TEST_LANE_CHILD"

// ackedBeforeKill is enough for many batches to be acknowledged and one to be under way.
const ackedBeforeKill = 20_000

// A process killed in the middle of its batches has kept every order it acknowledged, and stock
// and orders still agree.
func TestLane_AKilledProcessKeepsWhatItAcknowledged(t *testing.T) {
	for name, url := range map[string]string{"sqlite": dbtest.SQLiteURL(t), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) { killAndCount(t, url) })
	}
}

func orders(ctx context.Context, d *db.DB) error {
	for _, q := range []string{
		`CREATE TABLE stock (id BIGINT PRIMARY KEY, left_over BIGINT NOT NULL)`,
		`CREATE TABLE orders (id BIGINT PRIMARY KEY)`,
		`INSERT INTO stock (id, left_over) VALUES (1, 1000000)`,
	} {
		if _, err := d.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func killAndCount(t *testing.T, url string) {
	dbtest.Open(t, url, orders)
	child := exec.Command(os.Args[0], "-test.run=^TestLaneChild$")
	child.Env = append(os.Environ(), childURL+"="+url)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acked := map[int64]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			continue
		}
		acked[n] = true
		if len(acked) == ackedBeforeKill {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(acked) < ackedBeforeKill {
		t.Fatalf("the child acknowledged only %d", len(acked))
	}
	d := dbtest.Open(t, url, nil)
	ctx := context.Background()
	found, err := db.List(ctx, d, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT id FROM orders`)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range found {
		delete(acked, n)
	}
	if len(acked) != 0 {
		t.Errorf("%d acknowledged orders are lost", len(acked))
	}
	var left int64
	if err := d.QueryRow(ctx, `SELECT left_over FROM stock`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left+int64(len(found)) != 1_000_000 {
		t.Errorf("%d orders, %d left", len(found), left)
	}
}

// TestLaneChild is the process that gets killed; it does nothing in an ordinary run.
func TestLaneChild(t *testing.T) {
	url := os.Getenv(childURL)
	if url == "" {
		return
	}
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := lane.New(lane.Options{Name: "orders"}, func(ctx context.Context, batch []int64) ([]lane.Result[int64], error) {
		args, out := make([]any, len(batch)), make([]lane.Result[int64], len(batch))
		for i, n := range batch {
			args[i], out[i].Value = n, n
		}
		return out, d.Tx(ctx, func(ctx context.Context) error {
			if _, err := d.Exec(ctx, `UPDATE stock SET left_over = left_over - $1 WHERE id = 1`, len(batch)); err != nil {
				return err
			}
			_, err := d.InsertMany(ctx, db.Insert{Into: `orders (id)`, Cols: 1}, args)
			return err
		})
	})
	go func() { _ = l.Run(ctx) }()
	var wg sync.WaitGroup
	var out sync.Mutex
	for w := range int64(200) {
		wg.Go(func() {
			for n := w; n < 900_000; n += 200 {
				got, err := l.Submit(ctx, n)
				if err != nil {
					t.Error(err)
					return
				}
				out.Lock()
				_, _ = fmt.Fprintln(os.Stdout, got) // one write per line: nothing is buffered at the kill
				out.Unlock()
			}
		})
	}
	wg.Wait()
}
