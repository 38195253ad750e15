package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/bench/proc"
	"github.com/hawker-live/hawker/bench/report"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// What Medusa runs with is the bench's, so that a prepared folder never runs an older wording of it.
var (
	//go:embed medusa/medusa-config.js
	medusaConfig []byte
	//go:embed medusa/seed.js
	medusaSeed []byte
)

// medusaWait is for its start on a busy machine: it loads a thousand packages first.
const medusaWait = 5 * time.Minute

// rush is one way to ask Medusa: so many buyers at a time place so many orders.
type rush struct{ buyers, orders int }

// Rushes are short: an order costs Medusa hundreds of milliseconds of CPU. wholes place orders from the first request
// to the last; rushes complete carts that were prepared.
var (
	wholes = []rush{{1, 4}, {16, 16}, {64, 64}}
	rushes = []rush{{1, 8}, {16, 32}, {64, 64}}
)

// warm comes before anything counts: Node compiles what it runs often.
var warm = rush{4, 16}

// scarce is the last rush: twice as many carts as units that are left.
var scarce = rush{64, 64}

// medusa is a running Medusa 2 with an empty shop of one variant, and what a buyer must know of it.
type medusa struct {
	*proc.Process
	pg   *proc.Postgres
	db   *db.DB
	addr string
	Shop struct {
		Key, Region, Country, Option, Variant, InventoryItem string
	}
}

// peer sells on Medusa, installed in the folder, what was sold on ours: one hot variant. Our figure counts the
// decision on a quote made beforehand, so its first is the last step alone, completing a cart that has its line,
// address, delivery and payment session; the whole flow of five requests is a figure of its own.
func peer(ctx context.Context, r *report.Run, folder string, ours outcome, sqlite bool) error {
	if folder == "" {
		r.Note("Medusa is left out: no installation is named (-medusa, see bench/README.md)")
		return nil
	}
	units := warm.orders + scarce.orders/2
	for _, u := range slices.Concat(wholes, rushes) {
		units += u.orders
	}
	m, err := startMedusa(ctx, folder, units)
	if errors.Is(err, proc.ErrNotInstalled) {
		r.Note("Medusa is left out: it needs PostgreSQL, Node and what medusa/prepare.sh puts into %s", folder)
		return nil
	}
	if err != nil {
		return fmt.Errorf("medusa: %w", err)
	}
	defer m.stop()
	best, err := m.figures(ctx, r, units)
	if err != nil {
		return fmt.Errorf("medusa: %w\n%s", err, m.Log())
	}
	r.Ratio("decided_to_medusa", float64(ours.Decided())/ours.Seconds, best.perS, "times Medusa's orders, by time; the sale of 20,000 units, in which nearly every answer is an order")
	if sqlite { // with PostgreSQL our own CPU is only half of the story
		r.Ratio("cpu_per_order_to_medusa", best.cpuMS*1e3, 1e6*ours.ServerCPU/float64(max(ours.Decided()+ours.Busy, 1)), "times our CPU time per order, its database's included on both sides")
	}
	return nil
}

// startMedusa makes its database, seeds it, and serves on a free port.
func startMedusa(ctx context.Context, folder string, units int) (*medusa, error) {
	node := proc.Find("node")
	command := filepath.Join(folder, "node_modules/@medusajs/cli/cli.js")
	if _, err := os.Stat(command); node == "" || err != nil {
		return nil, proc.ErrNotInstalled
	}
	for name, text := range map[string][]byte{"medusa-config.js": medusaConfig, "seed.js": medusaSeed} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	dbPort, err := proc.FreePort(firstPort, lastPort)
	if err != nil {
		return nil, err
	}
	m := &medusa{}
	if m.pg, err = proc.StartPostgres(ctx, "listen_addresses=127.0.0.1", "port="+strconv.Itoa(dbPort)); err != nil {
		return nil, err
	}
	url := fmt.Sprintf("postgres://hawker@127.0.0.1:%d/postgres", dbPort)
	seeded := filepath.Join(folder, "seeded.json")
	o := proc.Options{Dir: folder, Wait: medusaWait, Env: []string{"DATABASE_URL=" + url, "NODE_ENV=production", "MEDUSA_DISABLE_TELEMETRY=true",
		"LOG_LEVEL=warn", "UNITS=" + strconv.Itoa(units), "SEED_FILE=" + seeded}}
	for _, args := range [][]string{{"db:migrate", "--skip-scripts", "--skip-search"}, {"exec", "./seed.js"}} {
		cmd := exec.CommandContext(ctx, node, append([]string{command}, args...)...)
		cmd.Dir, cmd.Env, cmd.SysProcAttr = folder, append(os.Environ(), o.Env...), &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if out, err := cmd.CombinedOutput(); err != nil {
			m.pg.Stop()
			return nil, fmt.Errorf("%s: %w\n%s", args[0], err, out)
		}
	}
	if err := m.serve(ctx, o, node, command, url, seeded); err != nil {
		m.stop()
		return nil, err
	}
	return m, nil
}

func (m *medusa) serve(ctx context.Context, o proc.Options, node, command, url, seeded string) error {
	text, err := os.ReadFile(seeded)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &m.Shop); err != nil {
		return err
	}
	port, err := proc.FreePort(firstPort, lastPort)
	if err != nil {
		return err
	}
	m.addr = "127.0.0.1:" + strconv.Itoa(port)
	o.Ready = proc.Dials("tcp", m.addr)
	if m.Process, err = proc.Start(ctx, o, node, command, "start", "-H", "127.0.0.1", "-p", strconv.Itoa(port)); err != nil {
		return err
	}
	m.db, err = db.Open(ctx, url, db.Options{MaxConns: 2})
	return err
}

func (m *medusa) stop() {
	if m.db != nil {
		_ = m.db.Close()
	}
	if m.Process != nil {
		m.Process.Stop()
	}
	m.pg.Stop()
}

// cpu is the processor time of Medusa and of its database.
func (m *medusa) cpu() time.Duration { return m.CPU() + m.pg.CPU() }
