package shop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	shipRunKind = "shop.ship_run"
	// shipRunLease is the longest one attempt may take: MaxShipRun lines at a hundred times what one needs.
	shipRunLease = 20 * time.Minute
)

type shipRunPayload struct {
	RunID string `json:"runId"`
}

// ShipRunDo is what the team can do to a run.
type ShipRunDo string

// Pause keeps the lines that wait; Resume goes on with them; Stop refuses them (code "stopped");
// Again ships the refused ones once more, except those whose buyer wants the money back.
const (
	ShipRunPause  ShipRunDo = "pause"
	ShipRunResume ShipRunDo = "resume"
	ShipRunStop   ShipRunDo = "stop"
	ShipRunAgain  ShipRunDo = "again"
)

// SteerShipRun pauses, resumes, stops or repeats a run. Doing it twice is doing it once. The line
// being shipped in that moment is still shipped. ship_run_open (Conflict) when Again meets another run.
func (s *Service) SteerShipRun(ctx context.Context, a identity.Actor, runID string, do ShipRunDo) (ShipRun, error) {
	run, err := s.teamShipRun(ctx, a, runID)
	if err != nil {
		return ShipRun{}, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		switch do {
		case ShipRunPause:
			_, err := s.moveShipRun(ctx, runID, ShipPaused, ShipRunning)
			return err
		case ShipRunResume:
			if moved, err := s.moveShipRun(ctx, runID, ShipRunning, ShipPaused); err != nil || !moved {
				return err
			}
			return s.enqueueShipRun(ctx, runID)
		case ShipRunStop:
			if err := s.refuseWaiting(ctx, runID); err != nil {
				return err
			}
			return s.endShipRun(ctx, runID)
		case ShipRunAgain:
			return s.repeatRefused(ctx, run)
		}
		return invalid("do", "ship_run_do_unknown", "pause, resume, stop or again")
	})
	if err != nil {
		return ShipRun{}, err
	}
	return s.ShipRun(ctx, a, runID)
}

func (s *Service) moveShipRun(ctx context.Context, runID, to, from string) (moved bool, err error) {
	n, err := s.DB.Exec(ctx, `UPDATE shop_ship_runs SET state = $1 WHERE id = $2 AND state = $3`, to, runID, from)
	if err != nil {
		return false, fmt.Errorf("move ship run %s to %s: %w", runID, to, err)
	}
	return n > 0, nil
}

func (s *Service) refuseWaiting(ctx context.Context, runID string) error {
	if _, err := s.DB.Exec(ctx, `UPDATE shop_ship_rows SET state = 'refused', code = 'stopped' WHERE run_id = $1 AND state = 'waiting'`, runID); err != nil {
		return fmt.Errorf("stop ship run %s: %w", runID, err)
	}
	return nil
}

// endShipRun ends a run that has nothing left to do.
func (s *Service) endShipRun(ctx context.Context, runID string) error {
	if _, err := s.DB.Exec(ctx, `UPDATE shop_ship_runs SET state = 'done', ended_at = $1 WHERE id = $2 AND state <> 'done'
		AND NOT EXISTS (SELECT 1 FROM shop_ship_rows WHERE run_id = shop_ship_runs.id AND state = 'waiting')`, s.now(), runID); err != nil {
		return fmt.Errorf("end ship run %s: %w", runID, err)
	}
	return nil
}

func (s *Service) repeatRefused(ctx context.Context, run ShipRun) error {
	n, err := s.DB.Exec(ctx, `UPDATE shop_ship_rows SET state = 'waiting', code = '' WHERE run_id = $1 AND state = 'refused' AND code <> 'refund_open'`, run.ID)
	if err != nil {
		return fmt.Errorf("repeat ship run %s: %w", run.ID, err)
	}
	if n == 0 {
		return nil
	}
	_, err = s.DB.Exec(ctx, `UPDATE shop_ship_runs SET state = 'running', ended_at = 0 WHERE id = $1 AND state = 'done'`, run.ID)
	if db.IsUnique(err) {
		return errShipRunOpen()
	}
	if err != nil {
		return fmt.Errorf("reopen ship run %s: %w", run.ID, err)
	}
	return s.enqueueShipRun(ctx, run.ID)
}

// workShipRun ships what waits of a run. The job may run twice or anew after a crash: a line is
// marked in the transaction that ships its order, so none is shipped unmarked or marked unshipped.
func (s *Service) workShipRun(ctx context.Context, payload []byte) error {
	var p shipRunPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return fmt.Errorf("read ship run job: %w", err)
	}
	for range MaxShipRun + 1 { // the last turn finds nothing and ends the run
		if more, err := s.shipNext(ctx, p.RunID); err != nil || !more {
			return err
		}
	}
	return nil
}

type waitingLine struct {
	shopID string
	line   int64
	in     Shipment
}

func (s *Service) shipNext(ctx context.Context, runID string) (more bool, err error) {
	w, ok, err := db.Get(ctx, s.DB, func(r db.Row) (w waitingLine, err error) {
		err = r.Scan(&w.shopID, &w.line, &w.in.OrderID, &w.in.Carrier, &w.in.Tracking)
		return w, err
	}, `SELECT u.shop_id, r.line, r.order_id, r.carrier, r.tracking_no FROM shop_ship_runs u JOIN shop_ship_rows r ON r.run_id = u.id
		WHERE u.id = $1 AND u.state = 'running' AND r.state = 'waiting' ORDER BY r.line LIMIT 1`, runID)
	if err != nil {
		return false, fmt.Errorf("read next line of ship run %s: %w", runID, err)
	}
	if !ok { // done, paused, or stopped
		return false, s.DB.Tx(ctx, func(ctx context.Context) error { return s.endShipRun(ctx, runID) })
	}
	mark := func(ctx context.Context, r ShipResult) error {
		state, code := LineShipped, ""
		if r.Err != nil {
			state, code = LineRefused, codeOf(r.Err)
		}
		n, err := s.DB.Exec(ctx, `UPDATE shop_ship_rows SET state = $1, code = $2, warning = $3 WHERE run_id = $4 AND line = $5 AND state = 'waiting'`,
			state, code, r.Warning, runID, w.line)
		if err != nil {
			return fmt.Errorf("mark line %d of ship run %s: %w", w.line, runID, err)
		}
		if n == 0 {
			return errLineTaken
		}
		return nil
	}
	r := s.shipRow(ctx, w.shopID, w.in, mark)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err() // a shutdown refuses nothing: the line is shipped after the next start
	case r.Err == nil || errors.Is(r.Err, errLineTaken):
		return true, nil
	}
	if err := mark(ctx, r); err != nil && !errors.Is(err, errLineTaken) {
		return false, err
	}
	return true, nil
}

// errLineTaken: the line was stopped, or shipped by another node, while this one worked on it.
var errLineTaken = errors.New("the line is no longer waiting")

// codeOf is the code a refused line shows.
func codeOf(err error) string {
	if code := errs.CodeOf(err); code != "" {
		return code
	}
	return "internal"
}
