package lease

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// TTL is how long a dead node keeps its leases: short enough that nobody notices, long enough
	// to sit out a slow fsync.
	TTL = 6 * time.Second
	// renewEvery leaves room for two failed renewals.
	renewEvery = TTL / 3
)

// ErrLost means that another node holds the lease now.
var ErrLost = errors.New("lease: another node has it now")

//go:embed schema/*.sql
var schema embed.FS

// Migrate prepares the table.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "lease", schema) }

// Deps of a Keeper.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Log   *slog.Logger
	// Owner is unique per process start, for example "node_01j9…".
	Owner string
}

// Keeper acquires and renews the leases of one node.
type Keeper struct{ Deps }

// New makes a Keeper. Run renews its leases.
func New(d Deps) *Keeper { return &Keeper{Deps: d} }

// Lease is a right this node had when it was acquired; Fence tells whether it still has it.
type Lease struct {
	Name  string
	Epoch int64
	k     *Keeper
}

// Acquire takes a lease that is free, expired or already ours; ok is false when another node has
// it. Acquiring a lease again starts a new epoch, which ends the earlier Lease value.
func (k *Keeper) Acquire(ctx context.Context, name string) (l *Lease, ok bool, err error) {
	now := clock.UnixMS(k.Clock)
	epoch, ok, err := db.Get(ctx, k.DB, scanEpoch, `SELECT epoch FROM lease_holders
		WHERE name = $1 AND until >= $2 AND owner <> $3`, name, now, k.Owner)
	if err != nil || ok { // the common answer on every other node costs no write
		return nil, false, wrap("look at", name, err)
	}
	err = k.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := k.DB.Exec(ctx, `INSERT INTO lease_holders (name, owner, epoch, until)
			VALUES ($1, '', 0, 0) ON CONFLICT (name) DO NOTHING`, name); err != nil {
			return err
		}
		var err error
		epoch, ok, err = db.Get(ctx, k.DB, scanEpoch, `UPDATE lease_holders SET owner = $1, epoch = epoch + 1, until = $2
			WHERE name = $3 AND (until < $4 OR owner = $1) RETURNING epoch`,
			k.Owner, now+TTL.Milliseconds(), name, now)
		return err
	})
	if err != nil || !ok {
		return nil, false, wrap("acquire", name, err)
	}
	return &Lease{Name: name, Epoch: epoch, k: k}, true, nil
}

// Fence fails with ErrLost unless the lease is still ours, and keeps it ours until the transaction
// ends. Call it first inside the transaction.
func (l *Lease) Fence(ctx context.Context) error {
	if !l.k.DB.InTx(ctx) {
		return fmt.Errorf("fence lease %s: outside a transaction it would protect nothing", l.Name)
	}
	n, err := l.k.DB.Exec(ctx, `UPDATE lease_holders SET until = $1 WHERE name = $2 AND owner = $3 AND epoch = $4`,
		clock.UnixMS(l.k.Clock)+TTL.Milliseconds(), l.Name, l.k.Owner, l.Epoch)
	if err != nil {
		return wrap("fence", l.Name, err)
	}
	if n == 0 {
		return ErrLost
	}
	return nil
}

// Held reports whether the lease is ours and not expired. It reads, so it is only a hint.
func (l *Lease) Held(ctx context.Context) (bool, error) {
	_, ok, err := db.Get(ctx, l.k.DB, scanEpoch, `SELECT epoch FROM lease_holders
		WHERE name = $1 AND owner = $2 AND epoch = $3 AND until >= $4`,
		l.Name, l.k.Owner, l.Epoch, clock.UnixMS(l.k.Clock))
	return ok, wrap("look at", l.Name, err)
}

// Release lets the next node go on at once. Releasing a lost lease does nothing.
func (l *Lease) Release(ctx context.Context) error {
	_, err := l.k.DB.Exec(ctx, `UPDATE lease_holders SET owner = '', until = 0
		WHERE name = $1 AND owner = $2 AND epoch = $3`, l.Name, l.k.Owner, l.Epoch)
	return wrap("release", l.Name, err)
}

// Run renews every lease of this node until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	t := k.Clock.Ticker(renewEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C():
			if err := k.renew(ctx); err != nil && ctx.Err() == nil {
				k.Log.Warn("leases were not renewed", "owner", k.Owner, "error", err)
			}
		}
	}
}

func (k *Keeper) renew(ctx context.Context) error {
	_, err := k.DB.Exec(ctx, `UPDATE lease_holders SET until = $1 WHERE owner = $2`,
		clock.UnixMS(k.Clock)+TTL.Milliseconds(), k.Owner)
	return err
}

func scanEpoch(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }

func wrap(act, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s lease %s: %w", act, name, err)
}
