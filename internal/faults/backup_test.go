package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// copiers is how many people order while a backup is taken: enough that every instant is in the middle of sales.
const copiers = 8

// Backups are taken while everybody orders. Each is laid into an empty place, on the other engine in turn: what was
// acknowledged before it began is there, the audit is clean, and the sale does not notice.
func TestBackup_TakenUnderLoadRestoresAndAuditsClean(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, t.TempDir(), url, copiers)
			s.start()
			r, seed := chance(t)
			c := count(t, "backup under load, restored elsewhere and audited, "+name, seed)
			people, o := s.shoppers(), &told{}
			stop := make(chan struct{})
			var rushing sync.WaitGroup
			rushing.Go(func() { rush(people, stop, o.hear) })
			finish := sync.OnceFunc(func() { close(stop); rushing.Wait() })
			defer finish()
			last := 0
			for n := range c.rounds(scale(1, 40)) {
				for begun := time.Now(); o.count() <= last+copiers; time.Sleep(time.Millisecond) {
					if time.Since(begun) > 60*time.Second || !s.alive() {
						t.Fatalf("no orders: %v\n%s", o.statuses(), s.dump())
					}
				}
				time.Sleep(between(r, 100*time.Millisecond))
				acked := o.snapshot()
				last = len(acked)
				target := dbtest.SQLiteURL(t)
				if n%4 == 3 {
					target = dbtest.PostgresURL(t)
				}
				if lost := s.copyTo(target, n%2 == 1).lost(acked); lost > 0 {
					t.Fatalf("backup %d: %d of %d orders acknowledged before it are not in it", n, lost, len(acked))
				}
			}
			finish()
			if refused := o.statuses(); !onlyBusy(refused) {
				t.Errorf("answers that were no order: %v", refused)
			}
			s.kill()
			c.say("up to %d orders acknowledged before a backup, 0 missing in it; %d sold meanwhile; answers that were no order: %v", last, len(o.orders), o.statuses())
		})
	}
}

// copyTo backs the running site up, restores it into target and audits that. checked lets the backup check itself
// too, as it does when nothing is said.
func (s *site) copyTo(target string, checked bool) *site {
	s.t.Helper()
	dir, err := os.MkdirTemp(s.t.TempDir(), "copy")
	if err != nil {
		s.t.Fatal(err)
	}
	file, args := filepath.Join(dir, "site.tar"), []string{"--data", s.data, "--database-url", s.database}
	if !checked {
		args = append(args, "--no-verify")
	}
	s.command(append([]string{"backup", file}, args...)...)
	other := &site{t: s.t, data: filepath.Join(dir, "restored"), database: target}
	other.command("restore", file, "--data", other.data, "--database-url", target)
	if said := other.command("audit", "--data", other.data, "--database-url", target); strings.Contains(said, "BREAK") {
		s.t.Errorf("the restored site: %s", said)
	}
	if err := os.Remove(file); err != nil {
		s.t.Error(err)
	}
	return other
}

// command runs the program to its end, as an operator would; its failure is the test's.
func (s *site) command(args ...string) string {
	s.t.Helper()
	bin, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command(bin, args...).CombinedOutput()
	if err != nil {
		s.t.Fatal(fmt.Errorf("hawker %s: %w\n%s", args[0], err, out))
	}
	return string(out)
}

// snapshot is what was acknowledged until now.
func (o *told) snapshot() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string{}, o.orders...)
}
