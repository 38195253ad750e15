package shop

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
)

// MaxShipRun is what one sheet may hold: a busy night's parcels. A longer one is a mistake or
// somebody else's file, and its answer would outgrow what a repeated request replays (1 MiB).
const MaxShipRun = 2000

// keepShipRuns is how long a finished run can be looked up: a week, until the parcels have arrived.
const keepShipRuns = 7 * 24 * 60 * 60 * 1000

// States of a run. A shop has at most one that is not done.
const (
	ShipRunning = "running"
	ShipPaused  = "paused"
	ShipDone    = "done"
)

// States of a line.
const (
	LineWaiting = "waiting"
	LineShipped = "shipped"
	LineRefused = "refused"
)

// ShipRun is one sheet of parcels on its way: kept by the server and worked off by a job, so that
// whoever handed it over may close the window. Times are unix ms; EndedAt is 0 until it is done.
type ShipRun struct {
	ID, ShopID, State  string
	CreatedAt, EndedAt int64
	Lines              []ShipLine // as they were handed over, at most MaxShipRun
}

// ShipLine is one order of a run. Number is "" for an order the shop does not have; Code says why a
// refused line was refused, Warning is that of ShipResult.
type ShipLine struct {
	Shipment
	Number, State, Code, Warning string
}

// StartShipRun keeps a sheet of 1 to MaxShipRun lines and begins to ship it. A line that cannot be
// shipped is refused alone, while the run goes on. ship_run_open (Conflict) while the shop has
// another run that is not done.
func (s *Service) StartShipRun(ctx context.Context, a identity.Actor, shopID string, rows []Shipment) (ShipRun, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return ShipRun{}, err
	}
	if len(rows) < 1 || len(rows) > MaxShipRun {
		return ShipRun{}, invalid("items", "batch_invalid", "ship 1 to %d orders at once", MaxShipRun).With("max", MaxShipRun)
	}
	run := ShipRun{ID: s.IDs.New("shr"), ShopID: shopID, State: ShipRunning, CreatedAt: s.now()}
	args := make([]any, 0, len(rows)*8)
	for i, in := range rows {
		args = append(args, run.ID, int64(i), in.OrderID, in.Carrier, in.Tracking, LineWaiting, "", "")
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.forgetShipRuns(ctx, shopID); err != nil {
			return err
		}
		n, err := s.DB.Exec(ctx, `INSERT INTO shop_ship_runs (id, shop_id, state, created_at, ended_at) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT DO NOTHING`, run.ID, shopID, run.State, run.CreatedAt)
		if err != nil {
			return fmt.Errorf("keep ship run: %w", err)
		}
		if n == 0 {
			return errShipRunOpen()
		}
		if _, err := s.DB.InsertMany(ctx, db.Insert{Cols: 8,
			Into: `shop_ship_rows (run_id, line, order_id, carrier, tracking_no, state, code, warning)`}, args); err != nil {
			return fmt.Errorf("keep lines of ship run %s: %w", run.ID, err)
		}
		return s.enqueueShipRun(ctx, run.ID)
	})
	if err != nil {
		return ShipRun{}, err
	}
	return s.withLines(ctx, run)
}

func errShipRunOpen() error {
	return errs.New(errs.Conflict, "ship_run_open", "the shop's last sheet is still being shipped; wait for it or stop it")
}

func (s *Service) enqueueShipRun(ctx context.Context, runID string) error {
	return s.Jobs.Enqueue(ctx, job.Job{Kind: shipRunKind, Payload: shipRunPayload{RunID: runID}, UniqueKey: runID})
}

// forgetShipRuns drops a shop's finished runs of the past; the orders keep their waybills.
func (s *Service) forgetShipRuns(ctx context.Context, shopID string) error {
	old, err := db.List(ctx, s.DB, scanID, `SELECT id FROM shop_ship_runs WHERE shop_id = $1 AND state = 'done' AND ended_at < $2 LIMIT 50`,
		shopID, s.now()-keepShipRuns)
	if err != nil {
		return fmt.Errorf("list old ship runs: %w", err)
	}
	for _, id := range old {
		for _, drop := range []string{`DELETE FROM shop_ship_rows WHERE run_id = $1`, `DELETE FROM shop_ship_runs WHERE id = $1`} {
			if _, err := s.DB.Exec(ctx, drop, id); err != nil {
				return fmt.Errorf("forget ship run %s: %w", id, err)
			}
		}
	}
	return nil
}

// ShipRun reads a run for the shop's team; a foreign one does not exist.
func (s *Service) ShipRun(ctx context.Context, a identity.Actor, runID string) (ShipRun, error) {
	run, err := s.teamShipRun(ctx, a, runID)
	if err != nil {
		return ShipRun{}, err
	}
	return s.withLines(ctx, run)
}

// LastShipRun is the newest run of a shop; ok is false when none is remembered.
func (s *Service) LastShipRun(ctx context.Context, a identity.Actor, shopID string) (run ShipRun, ok bool, err error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return ShipRun{}, false, err
	}
	run, ok, err = db.Get(ctx, s.DB, scanShipRun, `SELECT id, shop_id, state, created_at, ended_at FROM shop_ship_runs
		WHERE shop_id = $1 ORDER BY id DESC LIMIT 1`, shopID)
	if err != nil || !ok {
		return ShipRun{}, false, err
	}
	run, err = s.withLines(ctx, run)
	return run, err == nil, err
}

func (s *Service) teamShipRun(ctx context.Context, a identity.Actor, runID string) (ShipRun, error) {
	if a.Anonymous() {
		return ShipRun{}, identity.ErrSignIn
	}
	run, ok, err := s.shipRun(ctx, runID)
	if err != nil {
		return ShipRun{}, err
	}
	if !ok {
		return ShipRun{}, errNoShipRun()
	}
	if err := s.Staffed(ctx, a, run.ShopID); err != nil {
		return ShipRun{}, notFoundIfDenied(err, "ship_run_not_found")
	}
	return run, nil
}

func errNoShipRun() error { return errs.New(errs.NotFound, "ship_run_not_found", "no such ship run") }

func (s *Service) shipRun(ctx context.Context, runID string) (ShipRun, bool, error) {
	run, ok, err := db.Get(ctx, s.DB, scanShipRun, `SELECT id, shop_id, state, created_at, ended_at FROM shop_ship_runs WHERE id = $1`, runID)
	if err != nil {
		return ShipRun{}, false, fmt.Errorf("read ship run %s: %w", runID, err)
	}
	return run, ok, nil
}

func (s *Service) withLines(ctx context.Context, run ShipRun) (ShipRun, error) {
	lines, err := db.List(ctx, s.DB, scanShipLine, `SELECT r.order_id, r.carrier, r.tracking_no, r.state, r.code, r.warning, COALESCE(o.number, '')
		FROM shop_ship_rows r LEFT JOIN shop_orders o ON o.id = r.order_id AND o.shop_id = $1 WHERE r.run_id = $2 ORDER BY r.line`, run.ShopID, run.ID)
	if err != nil {
		return ShipRun{}, fmt.Errorf("read lines of ship run %s: %w", run.ID, err)
	}
	run.Lines = lines
	return run, nil
}

func scanShipRun(r db.Row) (v ShipRun, err error) {
	err = r.Scan(&v.ID, &v.ShopID, &v.State, &v.CreatedAt, &v.EndedAt)
	return v, err
}

func scanShipLine(r db.Row) (v ShipLine, err error) {
	err = r.Scan(&v.OrderID, &v.Carrier, &v.Tracking, &v.State, &v.Code, &v.Warning, &v.Number)
	return v, err
}
