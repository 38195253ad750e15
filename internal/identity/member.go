package identity

import (
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Role of a member in a scope. An owner may do everything the others may.
type Role string

const (
	Owner     Role = "owner"
	Moderator Role = "moderator"
	Staff     Role = "staff"
)

// Scope is a thing that has a team.
type Scope struct {
	Kind string // "channel" or "shop"
	ID   string
}

// Member is a user's place in a scope's team.
type Member struct {
	UserID string
	Role   Role
}

// maxMembers keeps a team readable on one page.
const maxMembers = 50

// Require denies the actor unless it holds one of the roles in the scope. Owners always pass.
func (s *Service) Require(ctx context.Context, a Actor, scope Scope, roles ...Role) error {
	if a.Anonymous() {
		return ErrSignIn
	}
	role, err := s.RoleIn(ctx, a, scope)
	if err != nil {
		return err
	}
	if role == Owner || (role != "" && slices.Contains(roles, role)) {
		return nil
	}
	return ErrDenied
}

// RoleIn is the actor's role in the scope, "" for none.
func (s *Service) RoleIn(ctx context.Context, a Actor, scope Scope) (Role, error) {
	if a.Anonymous() {
		return "", nil
	}
	role, _, err := db.Get(ctx, s.DB, func(r db.Row) (v Role, err error) { err = r.Scan(&v); return v, err },
		`SELECT role FROM identity_members WHERE scope_kind = $1 AND scope_id = $2 AND user_id = $3`, scope.Kind, scope.ID, a.UserID)
	return role, err
}

// ScopesOf lists the scopes of a kind in which the user has a role.
func (s *Service) ScopesOf(ctx context.Context, userID, kind string) (map[string]Role, error) {
	type row struct {
		id   string
		role Role
	}
	rows, err := db.List(ctx, s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.id, &v.role); return v, err },
		`SELECT scope_id, role FROM identity_members WHERE user_id = $1 AND scope_kind = $2 ORDER BY created_at, scope_id`, userID, kind)
	out := make(map[string]Role, len(rows))
	for _, r := range rows {
		out[r.id] = r.role
	}
	return out, err
}

// Found gives a new scope its first owner, in the transaction that creates the scope.
func (s *Service) Found(ctx context.Context, scope Scope, userID string) error {
	return s.putMember(ctx, scope, userID, Owner)
}

// Members lists a scope's team for its members.
func (s *Service) Members(ctx context.Context, a Actor, scope Scope) ([]Member, error) {
	if err := s.Require(ctx, a, scope, Moderator, Staff); err != nil {
		return nil, err
	}
	return s.members(ctx, scope)
}

func (s *Service) members(ctx context.Context, scope Scope) ([]Member, error) {
	return db.List(ctx, s.DB, func(r db.Row) (m Member, err error) { err = r.Scan(&m.UserID, &m.Role); return m, err },
		`SELECT user_id, role FROM identity_members WHERE scope_kind = $1 AND scope_id = $2 ORDER BY created_at, user_id LIMIT $3`,
		scope.Kind, scope.ID, maxMembers)
}

// SetMember adds a member by login or changes a role. Owners only.
func (s *Service) SetMember(ctx context.Context, a Actor, scope Scope, login string, role Role) (Member, error) {
	if err := s.Require(ctx, a, scope); err != nil {
		return Member{}, err
	}
	if role != Owner && role != Moderator && role != Staff {
		return Member{}, errs.New(errs.Invalid, "role_unknown", "choose owner, moderator or staff").In("role")
	}
	u, err := s.UserByLogin(ctx, login)
	if err != nil {
		return Member{}, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		team, err := s.lockTeam(ctx, scope)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(team, func(m Member) bool { return m.UserID == u.ID })
		if !known && len(team) >= maxMembers {
			return errs.New(errs.TooMany, "team_full", "a team has at most %d members", maxMembers).With("max", maxMembers)
		}
		if role != Owner {
			if err := keepsOwner(team, u.ID); err != nil {
				return err
			}
		}
		return s.putMember(ctx, scope, u.ID, role)
	})
	return Member{UserID: u.ID, Role: role}, err
}

// RemoveMember takes a member out. Owners may remove anyone, others only themselves; the last owner stays.
func (s *Service) RemoveMember(ctx context.Context, a Actor, scope Scope, userID string) error {
	if a.UserID != userID {
		if err := s.Require(ctx, a, scope); err != nil {
			return err
		}
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		team, err := s.lockTeam(ctx, scope)
		if err != nil {
			return err
		}
		if err := keepsOwner(team, userID); err != nil {
			return err
		}
		n, err := s.DB.Exec(ctx, `DELETE FROM identity_members WHERE scope_kind = $1 AND scope_id = $2 AND user_id = $3`, scope.Kind, scope.ID, userID)
		if err == nil && n == 0 {
			err = errs.New(errs.NotFound, "member_not_found", "not a member of this team")
		}
		return err
	})
}

// lockTeam reads a team for a change of it. Its rows are written first, so that changes of one team take
// turns: of two owners who leave at once the second sees that the first has gone.
func (s *Service) lockTeam(ctx context.Context, scope Scope) ([]Member, error) {
	if _, err := s.DB.Exec(ctx, `UPDATE identity_members SET role = role WHERE scope_kind = $1 AND scope_id = $2`, scope.Kind, scope.ID); err != nil {
		return nil, err
	}
	return s.members(ctx, scope)
}

func keepsOwner(team []Member, without string) error {
	for _, m := range team {
		if m.Role == Owner && m.UserID != without {
			return nil
		}
	}
	return errs.New(errs.Conflict, "last_owner", "name another owner first; a team cannot be without one")
}

func (s *Service) putMember(ctx context.Context, scope Scope, userID string, role Role) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO identity_members (scope_kind, scope_id, user_id, role, created_at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (scope_kind, scope_id, user_id) DO UPDATE SET role = excluded.role`,
		scope.Kind, scope.ID, userID, string(role), s.Clock.Now().UnixMilli())
	return err
}
