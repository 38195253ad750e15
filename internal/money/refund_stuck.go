package money

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// maxStuckPage bounds a page of stuck refunds.
const maxStuckPage = 200

// StuckRefunds lists refunds that used up their tries, older than the one named, the newest first; "" begins at the
// newest. A page has at most 200.
func (s *Service) StuckRefunds(ctx context.Context, refundID string, limit int) ([]Refund, error) {
	return db.List(ctx, s.db, scanRefund, `SELECT `+refundColumns+` FROM money_refunds
		WHERE state = 'stuck' AND ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, refundID, min(limit, maxStuckPage))
}

// CountStuckRefunds counts them.
func (s *Service) CountStuckRefunds(ctx context.Context) (n int64, err error) {
	err = s.db.QueryRow(ctx, `SELECT count(*) FROM money_refunds WHERE state = 'stuck'`).Scan(&n)
	return n, err
}

// RetryRefund gives a stuck refund all its tries again, from now on: an operator's act. The provider is asked with
// the same number, so that money it did send is not sent twice. errs.NotFound when it is not stuck (any more).
func (s *Service) RetryRefund(ctx context.Context, refundID string) error {
	n, err := s.db.Exec(ctx, `UPDATE money_refunds SET state = $1, tries = 0, next_try_at = $2 WHERE id = $3 AND state = 'stuck'`,
		string(RefundPending), s.now(), refundID)
	if err != nil {
		return fmt.Errorf("retry refund %s: %w", refundID, err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "refund_not_stuck", "this refund does not wait for an operator any more")
	}
	return nil
}
