package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/money"
)

// Name of the provider in payments and in the notify path.
const Name = "sandbox"

// Deps of the near side. BaseURL is where the Bank's handler is mounted, e.g.
// "http://127.0.0.1:8080/sandbox-bank"; it is a function because the port is known only once the
// server listens. Client must be allowed to reach loopback.
type Deps struct {
	BaseURL func() string
	Client  *http.Client
	Secret  []byte
	Clock   clock.Clock
	Allow   bool // the deployment asked for simulated money
}

// Provider is the near side: a money.Provider.
type Provider struct{ Deps }

// New refuses to build a sandbox that nobody asked for, or one with a guessable secret.
func New(d Deps) (*Provider, error) {
	if err := refuse(d.Allow, d.Secret); err != nil {
		return nil, err
	}
	return &Provider{d}, nil
}

// minSecret is 128 bits.
const minSecret = 16

func refuse(allow bool, secret []byte) error {
	if !allow {
		return errs.ForProgram(errs.Denied, "sandbox_refused", "simulated payments are off in production unless they are asked for")
	}
	if len(secret) < minSecret {
		return errs.ForProgram(errs.Invalid, "sandbox_secret_short", "the sandbox secret needs at least %d bytes", minSecret)
	}
	return nil
}

var _ money.Provider = (*Provider)(nil)

// Name is the provider's name in payments.
func (p *Provider) Name() string { return Name }

// Sandbox is always true.
func (p *Provider) Sandbox() bool { return true }

// Start opens a charge.
func (p *Provider) Start(ctx context.Context, pay money.Payment) (money.ProviderEvent, error) {
	return p.call(ctx, "/charges", message{PaymentID: pay.ID, Amount: pay.Amount.Minor, Currency: pay.Amount.Currency})
}

// Query reads a charge.
func (p *Provider) Query(ctx context.Context, paymentID string) (money.ProviderEvent, error) {
	return p.call(ctx, "/charges/"+url.PathEscape(paymentID)+"/query", message{PaymentID: paymentID})
}

// Close ends an unpaid charge.
func (p *Provider) Close(ctx context.Context, paymentID string) (money.ProviderEvent, error) {
	return p.call(ctx, "/charges/"+url.PathEscape(paymentID)+"/close", message{PaymentID: paymentID})
}

// Refund gives money back.
func (p *Provider) Refund(ctx context.Context, r money.Refund) (money.ProviderEvent, error) {
	return p.call(ctx, "/refunds", message{RefundID: r.ID, PaymentID: r.PaymentID, Amount: r.Amount.Minor, Currency: r.Amount.Currency})
}

// QueryRefund reads a refund.
func (p *Provider) QueryRefund(ctx context.Context, refundID string) (money.ProviderEvent, error) {
	return p.call(ctx, "/refunds/"+url.PathEscape(refundID)+"/query", message{RefundID: refundID})
}

// ParseNotify checks and reads a callback.
func (p *Provider) ParseNotify(_ context.Context, n money.Notify) (money.ProviderEvent, error) {
	if err := verify(p.Secret, clock.UnixMS(p.Clock), n.Header, n.Method, notifyPath, n.Body); err != nil {
		return money.ProviderEvent{}, err
	}
	var m message
	if err := json.Unmarshal(n.Body, &m); err != nil {
		return money.ProviderEvent{}, errs.ForProgram(errs.Invalid, "notify_unreadable", "the callback is not readable").Because(err)
	}
	return m.event(), nil
}

// call signs and sends one request; all are POST, so that one route serves the bank. The path inside the signature is relative to the Bank.
func (p *Provider) call(ctx context.Context, path string, m message) (money.ProviderEvent, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return money.ProviderEvent{}, fmt.Errorf("write sandbox request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.BaseURL()+path, bytes.NewReader(body))
	if err != nil {
		return money.ProviderEvent{}, fmt.Errorf("make sandbox request: %w", err)
	}
	signRequest(req, p.Secret, clock.UnixMS(p.Clock), http.MethodPost, path, body)
	res, err := p.Client.Do(req)
	if err != nil {
		return money.ProviderEvent{}, fmt.Errorf("call the sandbox bank: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return money.ProviderEvent{}, fmt.Errorf("read the sandbox bank's answer: %w", err)
	}
	switch {
	case res.StatusCode == http.StatusNotFound:
		return money.ProviderEvent{Provider: Name, PaymentID: m.PaymentID, RefundID: m.RefundID, Status: money.StatusUnknown}, nil
	case res.StatusCode != http.StatusOK:
		return money.ProviderEvent{}, fmt.Errorf("the sandbox bank answered %d to %s", res.StatusCode, path)
	}
	var reply message
	if err := json.Unmarshal(answer, &reply); err != nil {
		return money.ProviderEvent{}, fmt.Errorf("parse the sandbox bank's answer: %w", err)
	}
	return reply.event(), nil
}

func signRequest(req *http.Request, secret []byte, nowMS int64, method, path string, body []byte) {
	timestamp := strconv.FormatInt(nowMS, 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(headerTime, timestamp)
	req.Header.Set(headerSignature, sign(secret, timestamp, method, path, body))
}

// message is what both sides say to each other. RefundID set means it is about a refund.
type message struct {
	PaymentID string `json:"paymentId,omitempty"`
	RefundID  string `json:"refundId,omitempty"`
	Txn       string `json:"txn,omitempty"`
	Status    string `json:"status,omitempty"`
	Amount    int64  `json:"amount,omitempty"`
	Currency  string `json:"currency,omitempty"`
	FailCode  string `json:"failCode,omitempty"`
}

func (m message) event() money.ProviderEvent {
	ev := money.ProviderEvent{Provider: Name, RefundID: m.RefundID, Txn: m.Txn, Status: money.Status(m.Status),
		Amount: money.Amount{Minor: m.Amount, Currency: m.Currency}, FailCode: m.FailCode}
	if m.RefundID == "" {
		ev.PaymentID = m.PaymentID
	}
	return ev
}
