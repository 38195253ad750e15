package identity

import (
	"context"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const userColumns = `id, login, name, bio, avatar, locale, password_hash, state, suspended_reason, operator, demo_role, created_at`

func scanUser(r db.Row) (User, error) {
	var u User
	var operator int64
	err := r.Scan(&u.ID, &u.Login, &u.Name, &u.Bio, &u.Avatar, &u.Locale, &u.passwordHash, &u.State, &u.SuspendedReason, &operator, &u.DemoRole, &u.CreatedAt)
	u.Operator = operator == 1
	return u, err
}

// insertUser reports false when the login is taken.
func (s *Service) insertUser(ctx context.Context, u User) (bool, error) {
	n, err := s.DB.Exec(ctx, `INSERT INTO identity_users (`+userColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) ON CONFLICT (login) DO NOTHING`,
		u.ID, u.Login, u.Name, u.Bio, u.Avatar, u.Locale, u.passwordHash, string(u.State), u.SuspendedReason, flag(u.Operator), u.DemoRole, u.CreatedAt)
	return n == 1, err
}

// User finds an account by id.
func (s *Service) User(ctx context.Context, userID string) (User, error) {
	return s.one(ctx, `SELECT `+userColumns+` FROM identity_users WHERE id = $1`, userID)
}

// UserByLogin finds an account by its login.
func (s *Service) UserByLogin(ctx context.Context, login string) (User, error) {
	return s.one(ctx, `SELECT `+userColumns+` FROM identity_users WHERE login = $1`, NormalLogin(login))
}

// userByDemoRole finds the account that stands for a role of the sample world.
func (s *Service) userByDemoRole(ctx context.Context, role string) (User, error) {
	return s.one(ctx, `SELECT `+userColumns+` FROM identity_users WHERE demo_role = $1 ORDER BY created_at, id LIMIT 1`, role)
}

func (s *Service) one(ctx context.Context, q string, args ...any) (User, error) {
	u, found, err := db.Get(ctx, s.DB, scanUser, q, args...)
	if err == nil && !found {
		err = errs.New(errs.NotFound, "user_not_found", "no such user")
	}
	return u, err
}

func (s *Service) updateProfile(ctx context.Context, u User) error {
	_, err := s.DB.Exec(ctx, `UPDATE identity_users SET name = $1, bio = $2, avatar = $3, locale = $4 WHERE id = $5`,
		u.Name, u.Bio, u.Avatar, u.Locale, u.ID)
	return err
}

// updateState reports false when the account was in that state already.
func (s *Service) updateState(ctx context.Context, u User) (bool, error) {
	n, err := s.DB.Exec(ctx, `UPDATE identity_users SET state = $1, suspended_reason = $2 WHERE id = $3 AND state <> $1`, string(u.State), u.SuspendedReason, u.ID)
	return n == 1, err
}

// CardsByID returns the cards of the users that exist, keyed by id. At most 500 ids a call.
func (s *Service) CardsByID(ctx context.Context, ids []string) (map[string]Card, error) {
	out := make(map[string]Card, len(ids))
	args := make([]any, 0, len(ids))
	seen := make(map[string]bool, len(ids))
	for _, v := range ids {
		if v != "" && !seen[v] {
			seen[v] = true
			args = append(args, v)
		}
	}
	if len(args) == 0 {
		return out, nil
	}
	cards, err := db.List(ctx, s.DB, func(r db.Row) (Card, error) {
		var c Card
		err := r.Scan(&c.ID, &c.Name, &c.Avatar)
		return c, err
	}, `SELECT id, name, avatar FROM identity_users WHERE id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, c := range cards {
		out[c.ID] = c
	}
	return out, err
}

// Users lists accounts, newest first, whose login or name contains query. Operators only.
// The cursor is the id of the last row seen; at most limit rows.
func (s *Service) Users(ctx context.Context, a Actor, query, cursor string, limit int) ([]User, error) {
	if err := RequireOperator(a); err != nil {
		return nil, err
	}
	like := "%" + strings.ToLower(likeEscape.Replace(query)) + "%"
	if cursor == "" {
		cursor = "usr_zzzzzzzzzzzzzzzzzzzzzzzzzzz" // sorts after every id, also in a language's collation, where "~" does not
	}
	return db.List(ctx, s.DB, scanUser, `SELECT `+userColumns+` FROM identity_users
		WHERE (lower(login) LIKE $1 ESCAPE '!' OR lower(name) LIKE $1 ESCAPE '!') AND id < $2 ORDER BY id DESC LIMIT $3`, like, cursor, limit)
}

// CountUsers is the number of accounts.
func (s *Service) CountUsers(ctx context.Context) (int64, error) {
	n, _, err := db.Get(ctx, s.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM identity_users`)
	return n, err
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
