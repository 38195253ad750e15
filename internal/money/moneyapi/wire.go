package moneyapi

import (
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
)

// Payment is one try to collect an order's total.
type Payment struct {
	ID          string `json:"id" maxLength:"64"`
	OrderID     string `json:"orderId" maxLength:"64"`
	Provider    string `json:"provider" maxLength:"32"`
	State       string `json:"state" enum:"pending,paid,failed,closed,refunded"`
	AmountMinor int64  `json:"amountMinor" doc:"fen"`
	Currency    string `json:"currency" maxLength:"3"`
	Sandbox     bool   `json:"sandbox" doc:"simulated money"`
	FailCode    string `json:"failCode,omitempty" maxLength:"64"`
	CreatedAt   int64  `json:"createdAt" doc:"unix ms"`
	PaidAt      int64  `json:"paidAt,omitempty" doc:"unix ms"`
}

// Render shows a payment to its buyer.
func Render(p money.Payment) Payment {
	return Payment{ID: p.ID, OrderID: p.OrderID, Provider: p.Provider, State: string(p.State), AmountMinor: p.Amount.Minor,
		Currency: p.Amount.Currency, Sandbox: p.Sandbox, FailCode: p.FailCode, CreatedAt: p.CreatedAt, PaidAt: p.PaidAt}
}

// LedgerAccount is a balance.
type LedgerAccount struct {
	Owner       string `json:"owner" maxLength:"64"`
	Kind        string `json:"kind" maxLength:"32"`
	Unit        string `json:"unit" maxLength:"8"`
	PostedMinor int64  `json:"postedMinor"`
	HeldMinor   int64  `json:"heldMinor"`
}

// RenderAccounts shows balances; the operator's ledger page uses it too.
func RenderAccounts(in []money.Account) []LedgerAccount {
	out := make([]LedgerAccount, 0, len(in))
	for _, a := range in {
		out = append(out, LedgerAccount{a.Owner, a.Kind, a.Unit, a.Posted, a.Held})
	}
	return out
}

// LedgerEntry is one movement of an account.
type LedgerEntry struct {
	ID           string `json:"id" maxLength:"80"`
	At           int64  `json:"at" doc:"unix ms"`
	Kind         string `json:"kind" maxLength:"32" doc:"paid, settled, refund"`
	Account      string `json:"account" maxLength:"32"`
	Ref          string `json:"ref" maxLength:"64" doc:"the order"`
	AmountMinor  int64  `json:"amountMinor"`
	BalanceMinor int64  `json:"balanceMinor" doc:"of the account after the entry"`
}

// LedgerEntries is a page of movements, newest first.
type LedgerEntries struct {
	Items []LedgerEntry `json:"items" maxItems:"100"`
	Next  string        `json:"next,omitempty" maxLength:"80"`
}

func entries(in []money.EntryLine, limit int) LedgerEntries {
	out := LedgerEntries{Items: make([]LedgerEntry, 0, len(in))}
	for _, l := range in {
		out.Items = append(out.Items, LedgerEntry{l.ID, l.At, l.Kind, l.Account, l.Ref, l.Amount, l.Balance})
	}
	if len(in) == limit {
		out.Next = in[len(in)-1].ID
	}
	return out
}

// Wallet is the accounts of a person.
type Wallet struct {
	Accounts []LedgerAccount `json:"accounts" maxItems:"64"`
}

// ShopBalance is a shop's money at a glance.
type ShopBalance struct {
	SettledMinor  int64 `json:"settledMinor" doc:"the shop's own"`
	EscrowMinor   int64 `json:"escrowMinor" doc:"paid by buyers, not settled yet"`
	FeesMinor     int64 `json:"feesMinor" doc:"platform fees taken"`
	RefundedMinor int64 `json:"refundedMinor" doc:"given back to buyers"`
}

// SandboxFaults make the next simulated charges behave badly.
type SandboxFaults struct {
	DelayMS     int64 `json:"delayMs" minimum:"0" maximum:"1800000"`
	Duplicate   bool  `json:"duplicate"`
	Lost        bool  `json:"lost"`
	OutOfOrder  bool  `json:"outOfOrder"`
	WrongAmount bool  `json:"wrongAmount"`
	FailRefund  bool  `json:"failRefund"`
}

func faults(f sandbox.Faults) SandboxFaults { return SandboxFaults(f) }
