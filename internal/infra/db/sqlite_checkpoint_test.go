package db_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

const page = 4096

// fill commits so many transactions of about ten pages.
func fill(t *testing.T, d *db.DB, from, commits int) {
	t.Helper()
	text := strings.Repeat("x", page)
	for c := range commits {
		var args []any
		for r := range 10 {
			args = append(args, fmt.Sprintf("%06d-%d-%s", from+c, r, text), 1)
		}
		if _, err := d.InsertMany(context.Background(), db.Insert{Into: "items (id, n)", Cols: 2}, args); err != nil {
			t.Fatal(err)
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func TestCheckpoint_HappensBesideTheWriterAndSoonAfterIt(t *testing.T) {
	url := dbtest.SQLiteURL(t)
	d := dbtest.Open(t, url, items)
	path := strings.TrimPrefix(url, "sqlite:")
	d.HurryCheckpoints(100, 1_000_000)
	fill(t, d, 0, 2)
	time.Sleep(200 * time.Millisecond)
	if n := size(t, path); n > 40*page {
		t.Errorf("%d pages were copied before they were many", n/page)
	}
	fill(t, d, 2, 100)
	eventually(t, "the database never got the pages of the log", func() bool { return size(t, path) > 1_000*page })
}

func TestCheckpoint_TheLogBeginsAnewUnderSteadyWritingButNeverUnderAReader(t *testing.T) {
	url := dbtest.SQLiteURL(t)
	d := dbtest.Open(t, url, items)
	wal := strings.TrimPrefix(url, "sqlite:") + "-wal"
	d.HurryCheckpoints(50, 400)
	var before int64
	err := d.Snapshot(t.Context(), func(ctx context.Context) error {
		seen := func() int {
			n, _, err := db.Get(ctx, d, func(r db.Row) (n int, err error) { return n, r.Scan(&n) }, `SELECT count(*) FROM items`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := seen(); n != 0 {
			t.Errorf("%d rows to begin with", n)
		}
		fill(t, d, 0, 150)
		time.Sleep(3 * 50 * time.Millisecond)
		if n := seen(); n != 0 {
			t.Errorf("a reader of one instant saw %d rows appear", n)
		}
		if before = size(t, wal); before < 1_500*page {
			t.Errorf("the log has %d pages, the reader needs all", before/page)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for from := 150; from < 1_000; from += 10 {
		fill(t, d, from, 10)
		time.Sleep(10 * time.Millisecond)
	}
	if n := count(t, d); n != 10_000 {
		t.Errorf("%d rows", n)
	}
	if now := size(t, wal); now > before+2_000*page {
		t.Errorf("the log grew from %d to %d pages while %d were written", before/page, now/page, 8_500)
	}
}

func TestCheckpoint_CloseFoldsTheLogIn(t *testing.T) {
	url := dbtest.SQLiteURL(t)
	path := strings.TrimPrefix(url, "sqlite:")
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := items(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	fill(t, d, 0, 20)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the log stayed behind: %v", err)
	}
	if n := size(t, path); n < 200*page {
		t.Errorf("the database has %d pages", n/page)
	}
}

func TestUnnamed_OnlyTouchesPlaceholdersThatComeOnceAndInOrder(t *testing.T) {
	for q, want := range map[string]string{
		`SELECT 1`: `SELECT 1`,
		`SELECT a FROM t WHERE b = $1 AND c IN ($2,$3)`:                 `SELECT a FROM t WHERE b = ? AND c IN (?,?)`,
		`SELECT a FROM t WHERE b = $1 OR c = $1`:                        `SELECT a FROM t WHERE b = $1 OR c = $1`,
		`SELECT a FROM t WHERE b = $2 AND c = $1`:                       `SELECT a FROM t WHERE b = $2 AND c = $1`,
		`SELECT '$1', "$2", 'it''s $1' FROM t WHERE b = $1`:             `SELECT '$1', "$2", 'it''s $1' FROM t WHERE b = ?`,
		`SELECT a FROM t WHERE b = $1 -- $2`:                            `SELECT a FROM t WHERE b = $1 -- $2`,
		`SELECT a FROM t WHERE b = $1 /* ' */ AND c = $2`:               `SELECT a FROM t WHERE b = $1 /* ' */ AND c = $2`,
		`SELECT a ? b FROM t WHERE c = $1`:                              `SELECT a ? b FROM t WHERE c = $1`,
		`SELECT a FROM t WHERE b = $name AND c = $1`:                    `SELECT a FROM t WHERE b = $name AND c = $1`,
		`VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`:                   `VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		`UPDATE t SET a = a - $1, h = h + $1 WHERE id = $2 AND a >= $1`: `UPDATE t SET a = a - $1, h = h + $1 WHERE id = $2 AND a >= $1`,
	} {
		if got := db.Unnamed(q); got != want {
			t.Errorf("%s\nbecame %s\nand not %s", q, got, want)
		}
	}
}
