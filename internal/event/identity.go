package event

// UserSignedUp says that an account was opened.
type UserSignedUp struct {
	UserID string `json:"userId"`
	At     int64  `json:"at"`
}

func (UserSignedUp) Subject() string { return "identity.user_signed_up" }

// UserSuspended says that an operator closed an account; its sessions have ended.
type UserSuspended struct {
	UserID string `json:"userId"`
	Reason string `json:"reason"`
	At     int64  `json:"at"`
}

func (UserSuspended) Subject() string { return "identity.user_suspended" }
