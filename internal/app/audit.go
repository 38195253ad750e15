package app

import (
	"context"
	"fmt"

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
}

// Audit checks every invariant the domains know of themselves. It changes nothing and can run beside a
// serving process.
func (a *App) Audit(ctx context.Context) (Report, error) {
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
	}
	for _, area := range areas {
		breaks, err := area.check(ctx)
		if err != nil {
			return r, fmt.Errorf("audit %s: %w", area.name, err)
		}
		r.Areas++
		r.Breaks = append(r.Breaks, breaks...)
	}
	return r, nil
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
