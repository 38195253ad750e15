package moderationapi

import (
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/moderation"
)

// Overview is the site at a glance.
type Overview struct {
	Users         int64 `json:"users"`
	OnlineViewers int64 `json:"onlineViewers"`
	RoomsLive     int64 `json:"roomsLive"`
	PostsToday    int64 `json:"postsToday"`
	OrdersToday   int64 `json:"ordersToday" doc:"paid today"`
	GMVTodayMinor int64 `json:"gmvTodayMinor"`
	OutboxPending int64 `json:"outboxPending" doc:"facts that some reader has not had yet"`
	Stuck         int64 `json:"stuck" doc:"jobs, deliveries and refunds that wait for an operator"`
	StorageBytes  int64 `json:"storageBytes"`
}

// ModUser is an account as operators see it.
type ModUser struct {
	identityapi.UserCard
	Login           string `json:"login" maxLength:"64"`
	State           string `json:"state" enum:"active,suspended"`
	CreatedAt       int64  `json:"createdAt" doc:"unix ms"`
	Operator        bool   `json:"operator"`
	SuspendedReason string `json:"suspendedReason,omitempty" maxLength:"400"`
}

func modUser(u identity.User) ModUser {
	return ModUser{
		UserCard: identityapi.Card(identity.Card{ID: u.ID, Name: u.Name, Avatar: u.Avatar}),
		Login:    u.Login, State: string(u.State), CreatedAt: u.CreatedAt, Operator: u.Operator, SuspendedReason: u.SuspendedReason,
	}
}

// ModComment is a comment with the post it stands under.
type ModComment struct {
	channelapi.PostComment
	PostID string `json:"postId" maxLength:"64"`
}

// AuditEntry is one line of the log.
type AuditEntry struct {
	ID          string               `json:"id" maxLength:"64"`
	At          int64                `json:"at" doc:"unix ms"`
	Actor       identityapi.UserCard `json:"actor"`
	Act         string               `json:"act" maxLength:"32" doc:"user.suspend, user.restore, room.stop, post.hide, post.restore, comment.hide, comment.restore, stuck.retry"`
	SubjectKind string               `json:"subjectKind" enum:"user,room,post,comment,job,fact,refund"`
	SubjectID   string               `json:"subjectId" maxLength:"64"`
	SubjectName string               `json:"subjectName,omitempty" maxLength:"120" doc:"a name, a title, or how the text begins; none when it is gone, and for work, whose id says it: all is every one of the kind"`
	Reason      string               `json:"reason" maxLength:"300"`
}

// LedgerReport is the outcome of checking the books.
type LedgerReport struct {
	OK        bool           `json:"ok"`
	CheckedAt int64          `json:"checkedAt" doc:"unix ms"`
	Breaks    []LedgerBreak  `json:"breaks" maxItems:"500"`
	Accounts  []OwnerAccount `json:"accounts" maxItems:"200" doc:"the ones with the largest balances"`
}

// LedgerBreak is one invariant that does not hold for one subject.
type LedgerBreak struct {
	Rule    string `json:"rule" maxLength:"64"`
	Subject string `json:"subject" maxLength:"256"`
	Detail  string `json:"detail" maxLength:"400"`
}

// OwnerAccount is one account of the ledger.
type OwnerAccount struct {
	Owner       string `json:"owner" maxLength:"64"`
	Kind        string `json:"kind" maxLength:"32"`
	Unit        string `json:"unit" maxLength:"16"`
	PostedMinor int64  `json:"postedMinor"`
	HeldMinor   int64  `json:"heldMinor"`
}

func report(r moderation.LedgerReport) LedgerReport {
	out := LedgerReport{OK: r.OK(), CheckedAt: r.CheckedAt, Breaks: make([]LedgerBreak, len(r.Breaks)), Accounts: make([]OwnerAccount, len(r.Accounts))}
	for i, b := range r.Breaks {
		out.Breaks[i] = LedgerBreak(b)
	}
	for i, a := range r.Accounts {
		out.Accounts[i] = OwnerAccount{Owner: a.Owner, Kind: a.Kind, Unit: a.Unit, PostedMinor: a.Posted, HeldMinor: a.Held}
	}
	return out
}
