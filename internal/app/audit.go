package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/media"
)

// Break is one broken invariant.
type Break struct{ Rule, Subject, Detail string }

// Report of an audit.
type Report struct {
	Areas  int // domains that were checked
	Breaks []Break
	// Notes need somebody's hand but break nothing: work that was set aside after every try failed.
	Notes []Break
}

// Audit checks every invariant the domains know of themselves, all at one instant. It changes nothing and can
// run beside a serving process.
func (a *App) Audit(ctx context.Context) (r Report, err error) {
	err = a.DB.Snapshot(ctx, func(ctx context.Context) error {
		r, err = a.audit(ctx)
		return err
	})
	return r, err
}

func (a *App) audit(ctx context.Context) (Report, error) {
	var r Report
	areas := []struct {
		name  string
		check func(ctx context.Context) ([]Break, error)
	}{
		{"money", found(a.Money.Audit)},
		{"shop", found(a.Shop.Audit)},
		{"live", found(a.Live.Audit)},
		{"media", found(func(ctx context.Context) ([]media.Break, error) { return a.Media.Audit(ctx, false) })},
		{"moderation", found(a.Moderation.Audit)},
		{"bus", found(a.Bus.Audit)},
		{"uploads", a.auditUploads},
	}
	for _, area := range areas {
		breaks, err := area.check(ctx)
		if err != nil {
			return r, fmt.Errorf("audit %s: %w", area.name, err)
		}
		r.Areas++
		r.Breaks = append(r.Breaks, breaks...)
	}
	var err error
	r.Notes, err = a.setAside(ctx)
	return r, err
}

// setAside lists what waits for an operator: jobs and facts that used up their tries.
func (a *App) setAside(ctx context.Context) ([]Break, error) {
	var out []Break
	dead, err := a.Jobs.Dead(ctx)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	for _, j := range dead {
		out = append(out, Break{"job.set_aside", j.ID, fmt.Sprintf("%s after %d tries: %s", j.Kind, j.Tries, firstLine(j.Error))})
	}
	parked, err := a.Bus.Parked(ctx)
	if err != nil {
		return nil, fmt.Errorf("list parked facts: %w", err)
	}
	for _, p := range parked {
		out = append(out, Break{"fact.set_aside", p.Event.ID, fmt.Sprintf("%s for %s: %s", p.Event.Subject, p.Consumer, firstLine(p.Error))})
	}
	return out, nil
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }

// auditUploads compares the files of uploads under way with their rows: what was acknowledged is there, and no
// file is left behind for more than a day. An archive has no such files, nor has another machine's data.
func (a *App) auditUploads(ctx context.Context) ([]Break, error) {
	dir := filepath.Join(a.Config.Data, "uploads")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Break
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".part")
		info, err := e.Info()
		if !ok || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		up, err := a.Media.Uploads().Get(ctx, name)
		switch {
		case errs.Is(err, errs.NotFound):
			if a.Clock.Now().Sub(info.ModTime()) > media.MaxLeftover {
				out = append(out, Break{"upload.file_has_row", name, "no upload knows this file"})
			}
		case err != nil:
			return nil, err
		case info.Size() < up.Offset && !up.Done:
			out = append(out, Break{"upload.acknowledged_is_there", name, fmt.Sprintf("%d bytes of %d that were acknowledged", info.Size(), up.Offset)})
		}
	}
	return out, nil
}

// found gives every domain's breaks one type. Each domain's Break has these three fields.
func found[B ~struct{ Rule, Subject, Detail string }](check func(ctx context.Context) ([]B, error)) func(ctx context.Context) ([]Break, error) {
	return func(ctx context.Context) ([]Break, error) {
		list, err := check(ctx)
		out := make([]Break, len(list))
		for i, b := range list {
			out[i] = Break(b)
		}
		return out, err
	}
}

// MakeOperator gives an account the operator's rights, opening it with a password when there is none.
func (a *App) MakeOperator(ctx context.Context, login string, password func() (string, error)) (opened bool, err error) {
	_, err = a.Identity.UserByLogin(ctx, login)
	if errs.Is(err, errs.NotFound) {
		secret, err := password()
		if err != nil {
			return false, err
		}
		name := identity.NormalLogin(login)
		_, err = a.Identity.CreateUser(ctx, identity.SignUp{Login: login, Name: name[:min(len(name), identity.MaxName)], Password: secret, Operator: true})
		return true, err
	}
	if err != nil {
		return false, err
	}
	return false, a.Identity.MakeOperator(ctx, login)
}
