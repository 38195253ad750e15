package identity

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
)

// Limits of what a person may type, in characters. The web shows the same numbers.
const (
	MaxName     = 24
	MaxBio      = 200
	MinPassword = 8
	MaxPassword = 128 // argon2id reads any length; the bound keeps a request small
)

// State of an account.
type State string

const (
	Active    State = "active"
	Suspended State = "suspended"
)

// User is an account.
type User struct {
	ID              string
	Login           string
	Name            string
	Bio             string
	Avatar          string // media asset id, or "" for initials
	Locale          string // BCP 47: zh-CN or en
	State           State
	SuspendedReason string
	Operator        bool
	DemoRole        string // role of the sample world, "" for real people
	CreatedAt       int64  // unix ms

	passwordHash string
}

// Card is what others see of a user.
type Card struct {
	ID     string
	Name   string
	Avatar string
}

// SignUp is what a new account needs.
type SignUp struct {
	Login    string // e-mail address or handle; compared without case
	Name     string
	Password string
	Locale   string
	// Set by the demo seed and the first-operator command only, never by a door.
	Operator bool
	DemoRole string
	Avatar   string
}

var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._+@-]{2,63}$`)

// NormalLogin is the stored form of a login.
func NormalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (in *SignUp) check() error {
	in.Login = NormalLogin(in.Login)
	in.Name = strings.TrimSpace(in.Name)
	if !loginShape.MatchString(in.Login) {
		return errs.New(errs.Invalid, "login_invalid", "use 3 to 64 letters, digits or . _ + @ - for the login").In("login")
	}
	if err := checkName(in.Name); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(in.Password); n < MinPassword || n > MaxPassword {
		return errs.New(errs.Invalid, "password_short", "use at least %d characters for the password", MinPassword).In("password").With("min", MinPassword)
	}
	if in.Locale != "en" {
		in.Locale = "zh-CN"
	}
	return nil
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > MaxName {
		return errs.New(errs.Invalid, "name_invalid", "the name needs 1 to %d characters", MaxName).In("name").With("max", MaxName)
	}
	return nil
}

// SignUp opens an account and its first session. A taken login is a conflict. sign_up_rate (TooMany) when its
// address has opened too many; a taken login counts too, so that names cannot be tried without end.
func (s *Service) SignUp(ctx context.Context, in SignUp, from Browser) (User, string, error) {
	giveBack, err := s.guard.open(s.Clock, from.Addr, s.SignUps)
	if err != nil {
		return User{}, "", err
	}
	u, err := s.CreateUser(ctx, in)
	if err != nil {
		if errs.CodeOf(err) != "login_taken" {
			giveBack()
		}
		return User{}, "", err
	}
	token, err := s.openSession(ctx, u.ID, from.Agent)
	return u, token, err
}

// CreateUser opens an account without a session: for the seed and the command line.
func (s *Service) CreateUser(ctx context.Context, in SignUp) (User, error) {
	if err := in.check(); err != nil {
		return User{}, err
	}
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return User{}, err
	}
	u := User{
		ID: s.IDs.New("usr"), Login: in.Login, Name: in.Name, Avatar: in.Avatar, Locale: in.Locale, State: Active,
		Operator: in.Operator, DemoRole: in.DemoRole, CreatedAt: s.Clock.Now().UnixMilli(), passwordHash: hash,
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		added, err := s.insertUser(ctx, u)
		if err != nil {
			return err
		}
		if !added {
			return errs.New(errs.Conflict, "login_taken", "this login is taken; sign in, or choose another").In("login")
		}
		return s.Outbox.Emit(ctx, event.UserSignedUp{UserID: u.ID, At: u.CreatedAt})
	})
	return u, err
}

// Update is a change to one's own profile; nil fields stay.
type Update struct {
	Name, Bio, Avatar, Locale *string
}

// UpdateMe changes the actor's own profile.
func (s *Service) UpdateMe(ctx context.Context, a Actor, in Update) (User, error) {
	if a.Anonymous() {
		return User{}, ErrSignIn
	}
	var u User
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		var err error
		if u, err = s.User(ctx, a.UserID); err != nil {
			return err
		}
		if in.Name != nil {
			u.Name = strings.TrimSpace(*in.Name)
			if err := checkName(u.Name); err != nil {
				return err
			}
		}
		if in.Bio != nil {
			u.Bio = strings.TrimSpace(*in.Bio)
			if utf8.RuneCountInString(u.Bio) > MaxBio {
				return errs.New(errs.Invalid, "bio_long", "keep the bio within %d characters", MaxBio).In("bio").With("max", MaxBio)
			}
		}
		if in.Avatar != nil {
			u.Avatar = *in.Avatar
		}
		if in.Locale != nil && (*in.Locale == "en" || *in.Locale == "zh-CN") {
			u.Locale = *in.Locale
		}
		return s.updateProfile(ctx, u)
	})
	return u, err
}

// Suspend closes an account and ends its sessions. Operators only; nobody suspends themselves; twice is a
// conflict.
func (s *Service) Suspend(ctx context.Context, a Actor, userID, reason string) (User, error) {
	if err := RequireOperator(a); err != nil {
		return User{}, err
	}
	if userID == a.UserID {
		return User{}, errs.New(errs.Conflict, "suspend_self", "you cannot suspend yourself; ask another operator")
	}
	return s.setState(ctx, userID, Suspended, reason)
}

// Restore opens a suspended account again. Operators only; an open account is a conflict.
func (s *Service) Restore(ctx context.Context, a Actor, userID string) (User, error) {
	if err := RequireOperator(a); err != nil {
		return User{}, err
	}
	return s.setState(ctx, userID, Active, "")
}

func (s *Service) setState(ctx context.Context, userID string, to State, reason string) (User, error) {
	var u User
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		var err error
		if u, err = s.User(ctx, userID); err != nil {
			return err
		}
		u.State, u.SuspendedReason = to, reason
		changed, err := s.updateState(ctx, u)
		if err != nil {
			return err
		}
		if !changed {
			return errs.New(errs.Conflict, "user_state", "this account is %s already", to)
		}
		if to != Suspended {
			return nil
		}
		if err := s.deleteSessionsOf(ctx, userID); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.UserSuspended{UserID: userID, Reason: reason, At: s.Clock.Now().UnixMilli()})
	})
	return u, err
}

// MakeOperator gives an account the site operator's rights: for the command line, which owns the data folder.
func (s *Service) MakeOperator(ctx context.Context, login string) error {
	n, err := s.DB.Exec(ctx, `UPDATE identity_users SET operator = 1 WHERE login = $1`, NormalLogin(login))
	if err == nil && n == 0 {
		err = errs.New(errs.NotFound, "user_not_found", "no such user")
	}
	return err
}
