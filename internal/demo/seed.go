package demo

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/demo/assets"
	"github.com/hawker-live/hawker/internal/errs"
)

const day = 24 * time.Hour

// seeding is one run of the seed.
type seeding struct {
	*World
	scene
	origin time.Time
	cal    *calendar
	past   Past // of the current step
	till   *till
}

// step makes units of one kind, batch of them in one transaction; the note that they are made is in the
// same one. batch 0 leaves transactions to the step, which may use the shop's lanes.
type step struct {
	what  string
	units int
	batch int
	unit  func(ctx context.Context, i int) error
}

// Seed builds the sample world: people, channels, shops, goods, posts and sixty days of orders. It may be
// called again at any time: it makes what is missing, and nothing on a complete world. progress, which may
// be nil, hears of each batch. A database with accounts of its own is refused as errs.Conflict
// "not_a_demo". Call it before anything else runs on the database.
func (w *World) Seed(ctx context.Context, progress func(done, total int, what string)) error {
	if err := Migrate(ctx, w.DB); err != nil {
		return err
	}
	origin, err := w.claim(ctx)
	if err != nil {
		return err
	}
	if err := w.mend(ctx); err != nil {
		return err
	}
	if _, complete, err := w.thing(ctx, keySeeded); err != nil || complete {
		return err
	}
	s := &seeding{World: w, origin: origin, cal: &calendar{Clock: w.Clock, at: origin}}
	if s.scene, err = newScene(); err != nil {
		return err
	}
	steps := []step{s.peopleStep(), s.channelStep(), s.shopStep(), s.productStep(), s.clipStep(), s.postStep(), s.followStep(), s.talkStep(), s.captionStep(), s.addressStep(), s.orderStep(), s.shortageStep(), s.neighbourStep(), s.noticeStep()}
	done, total := 0, 0
	for _, st := range steps {
		total += st.units
	}
	for _, st := range steps {
		err := s.take(ctx, st, func(units int) {
			done += units
			if progress != nil {
				progress(done, total, st.what)
			}
		})
		if err != nil {
			return fmt.Errorf("build the sample world: %s: %w", st.what, err)
		}
	}
	return w.put(ctx, keySeeded, strconv.FormatInt(w.Clock.Now().UnixMilli(), 10))
}

// claim makes the database the sample world's own, or finds that it is. The moment it is first claimed is
// the end of the seed's history, also of a seed that goes on later.
func (w *World) claim(ctx context.Context) (time.Time, error) {
	var origin int64
	err := w.DB.Tx(ctx, func(ctx context.Context) error {
		known, found, err := w.thing(ctx, keyOrigin)
		if err != nil {
			return err
		}
		if found {
			origin, err = strconv.ParseInt(known, 10, 64)
			return err
		}
		users, err := w.Identity.CountUsers(ctx)
		if err != nil {
			return err
		}
		if users > 0 {
			return errs.New(errs.Conflict, "not_a_demo", "this database holds %d accounts of its own; the sample world is built only in an empty one: choose another data folder", users).With("users", users)
		}
		origin = w.Clock.Now().UnixMilli()
		return w.put(ctx, keyOrigin, strconv.FormatInt(origin, 10))
	})
	return time.UnixMilli(origin), err
}

// take does what is left of a step, on domains of its own, so that each step's ids begin in its own past.
func (s *seeding) take(ctx context.Context, st step, told func(units int)) error {
	var err error
	if s.known, err = s.things(ctx); err != nil {
		return err
	}
	if s.till, err = s.openTill(s.cal); err != nil {
		return err
	}
	s.cal.set(s.origin.Add(-80 * day))
	if s.past, err = s.Build(s.cal, s.till.provider); err != nil {
		return err
	}
	defer s.past.Media.Close()
	s.till.money = s.past.Money
	if st.batch == 0 {
		stop := s.openLanes(ctx)
		defer stop()
	}
	size := max(st.batch, 1)
	for from := 0; from < st.units; from += size {
		to, note := min(from+size, st.units), key("done", st.what, from)
		if _, made := s.known[note]; !made {
			batch := func(ctx context.Context) error {
				for i := from; i < to; i++ {
					if err := st.unit(ctx, i); err != nil {
						return err
					}
				}
				return s.put(ctx, note, strconv.Itoa(to-from))
			}
			if st.batch == 0 {
				err = batch(ctx)
			} else {
				err = s.DB.Tx(ctx, batch)
			}
			if err != nil {
				return err
			}
		}
		told(to - from)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// openLanes runs the past shop's lanes, which end when the returned func is called.
func (s *seeding) openLanes(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() {
		if err := s.past.Shop.Run(ctx); err != nil {
			s.Log.Error("lanes of the sample world", "err", err)
		}
	})
	return func() {
		cancel()
		working.Wait()
	}
}

// ago puts the calendar before the origin.
func (s *seeding) ago(d time.Duration) { s.cal.set(s.origin.Add(-d)) }

// image stores a picture of the book for its owner.
func (s *seeding) image(ctx context.Context, owner, file string) (string, error) {
	body, err := fs.ReadFile(assets.FS(), file)
	if err != nil {
		return "", err
	}
	a, err := s.past.Media.AddImage(ctx, owner, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("picture %s: %w", file, err)
	}
	return a.ID, nil
}
