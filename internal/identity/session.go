package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// SessionLife is how long a session lasts without signing in again.
	SessionLife = 30 * 24 * time.Hour
	// seenEvery bounds how often last_seen_at is written, so that reading stays a read.
	seenEvery = 5 * time.Minute
	// maxSessions a user may keep; the oldest goes first.
	maxSessions = 20
	maxAgent    = 200
)

// Session is one signed-in browser.
type Session struct {
	ID         string
	UserID     string
	UserAgent  string
	CreatedAt  int64
	LastSeenAt int64
}

// SignIn opens a session. Unknown login and wrong password give the same answer and take the same time.
// sign_in_rate (TooMany) after too many failures, whether or not the login exists.
func (s *Service) SignIn(ctx context.Context, login, password string, from Browser) (User, string, error) {
	giveBack, err := s.guard.try(s.Clock, NormalLogin(login), from.Addr)
	if err != nil {
		return User{}, "", err
	}
	wrong := errs.New(errs.Unauthorized, "sign_in_failed", "login or password is wrong")
	u, err := s.UserByLogin(ctx, login)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return User{}, "", err
	}
	ok, hashErr := s.Hasher.Matches(ctx, u.passwordHash, password)
	if hashErr != nil {
		giveBack() // nothing was tried
		return User{}, "", hashErr
	}
	if err != nil || !ok {
		return User{}, "", wrong
	}
	giveBack()
	return s.enter(ctx, u, from.Agent)
}

// enter opens a session for whoever proved to be u.
func (s *Service) enter(ctx context.Context, u User, userAgent string) (User, string, error) {
	if u.State == Suspended {
		return User{}, "", errs.New(errs.Denied, "account_suspended", "this account is suspended: %s", u.SuspendedReason).With("reason", u.SuspendedReason)
	}
	token, err := s.openSession(ctx, u.ID, userAgent)
	return u, token, err
}

// DemoSignIn opens a session as a role of the sample world. Outside demo mode it does not exist.
func (s *Service) DemoSignIn(ctx context.Context, role, userAgent string) (User, string, error) {
	if !s.Demo || role == "" {
		return User{}, "", errs.New(errs.NotFound, "demo_off", "demo roles exist only in demo mode")
	}
	u, err := s.userByDemoRole(ctx, role)
	if err != nil {
		return User{}, "", err
	}
	return s.enter(ctx, u, userAgent)
}

func (s *Service) openSession(ctx context.Context, userID, userAgent string) (string, error) {
	token := id.Secret(32)
	now := s.Clock.Now().UnixMilli()
	if len(userAgent) > maxAgent {
		userAgent = userAgent[:maxAgent]
	}
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `DELETE FROM identity_sessions WHERE user_id = $1 AND id NOT IN
			(SELECT id FROM identity_sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC LIMIT $2)`, userID, maxSessions-1); err != nil {
			return err
		}
		_, err := s.DB.Exec(ctx, `INSERT INTO identity_sessions (id, user_id, token_hash, user_agent, created_at, last_seen_at, expires_at)
			VALUES ($1,$2,$3,$4,$5,$6,$7)`, s.IDs.New("ses"), userID, hashToken(token), userAgent, now, now, now+SessionLife.Milliseconds())
		return err
	})
	return token, err
}

// found is a stored session of an active account.
type found struct {
	Actor
	seen, expires int64
}

// sessionByHash reads without the time in the statement, so that requests of one moment share it.
const sessionByHash = `SELECT s.token_hash, s.id, u.id, u.name, u.avatar, u.operator, s.last_seen_at, s.expires_at
	FROM identity_sessions s JOIN identity_users u ON u.id = s.user_id WHERE u.state = 'active' AND s.token_hash IN`

func scanFound(r db.Row) (hash string, f found, err error) {
	var operator int64
	err = r.Scan(&hash, &f.SessionID, &f.UserID, &f.Name, &f.Avatar, &operator, &f.seen, &f.expires)
	f.Operator = operator == 1
	return hash, f, err
}

// Resolve turns a session token into its actor. An unknown, expired or suspended one is unauthorized.
func (s *Service) Resolve(ctx context.Context, token string) (Actor, error) {
	f, ok, err := s.sessions.Load(ctx, hashToken(token))
	if err != nil {
		return Actor{}, err
	}
	now := s.Clock.Now().UnixMilli()
	if !ok || f.expires <= now {
		return Actor{}, errs.New(errs.Unauthorized, "session_ended", "your session has ended; sign in again")
	}
	if now-f.seen > seenEvery.Milliseconds() {
		s.noteUse(ctx, f.SessionID, now)
	}
	return f.Actor, nil
}

// SignOut ends the actor's session; a visitor has none.
func (s *Service) SignOut(ctx context.Context, a Actor) error {
	if a.SessionID == "" {
		return nil
	}
	_, err := s.DB.Exec(ctx, `DELETE FROM identity_sessions WHERE id = $1 AND user_id = $2`, a.SessionID, a.UserID)
	return err
}

// SignOutEverywhere ends every session of the actor.
func (s *Service) SignOutEverywhere(ctx context.Context, a Actor) error {
	if a.Anonymous() {
		return ErrSignIn
	}
	return s.deleteSessionsOf(ctx, a.UserID)
}

func (s *Service) deleteSessionsOf(ctx context.Context, userID string) error {
	_, err := s.DB.Exec(ctx, `DELETE FROM identity_sessions WHERE user_id = $1`, userID)
	return err
}

// Sessions lists the actor's own sessions, most recently used first.
func (s *Service) Sessions(ctx context.Context, a Actor) ([]Session, error) {
	return db.List(ctx, s.DB, func(r db.Row) (v Session, err error) {
		err = r.Scan(&v.ID, &v.UserID, &v.UserAgent, &v.CreatedAt, &v.LastSeenAt)
		return v, err
	}, `SELECT id, user_id, user_agent, created_at, last_seen_at FROM identity_sessions
		WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT $3`, a.UserID, s.Clock.Now().UnixMilli(), maxSessions)
}

// EndSession ends one of the actor's own sessions.
func (s *Service) EndSession(ctx context.Context, a Actor, sessionID string) error {
	n, err := s.DB.Exec(ctx, `DELETE FROM identity_sessions WHERE id = $1 AND user_id = $2`, sessionID, a.UserID)
	if err == nil && n == 0 {
		err = errs.New(errs.NotFound, "session_not_found", "this session has ended already")
	}
	return err
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
