package money

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// Break is one invariant that does not hold for one subject.
type Break struct {
	Rule, Subject, Detail string
}

// maxBreaks bounds the list per rule: the first hundred tell as much as a million.
const maxBreaks = 100

// rule is a query that finds subjects for which an invariant is broken: (subject, detail).
type rule struct {
	name  string
	query string
}

var rules = []rule{
	{"ledger.transfer_sums_to_zero", `SELECT e.transfer_id, 'sum ' || CAST(CAST(sum(e.amount) AS BIGINT) AS TEXT)
		FROM money_entries e JOIN money_accounts a ON a.id = e.account_id
		GROUP BY e.transfer_id, a.unit HAVING sum(e.amount) <> 0 LIMIT $1`},
	{"ledger.transfer_has_entries", `SELECT t.id, t.phase || ' of ' || t.kind FROM money_transfers t
		WHERE t.phase <> 'void' AND (SELECT count(*) FROM money_entries e WHERE e.transfer_id = t.id) < 2 LIMIT $1`},
	{"ledger.entry_has_account", `SELECT e.transfer_id, e.account_id FROM money_entries e
		LEFT JOIN money_accounts a ON a.id = e.account_id WHERE a.id IS NULL LIMIT $1`},
	{"ledger.entry_at_its_time", `SELECT e.transfer_id, 'entry at ' || CAST(e.at AS TEXT) || ', transfer at ' || CAST(t.at AS TEXT)
		FROM money_entries e JOIN money_transfers t ON t.id = e.transfer_id WHERE e.at <> t.at LIMIT $1`},
	{"ledger.posted_equals_entries", `SELECT a.id, 'posted ' || CAST(a.posted AS TEXT) || ', entries ' ||
		CAST(COALESCE(CAST(sum(e.amount) AS BIGINT), 0) AS TEXT)
		FROM money_accounts a LEFT JOIN money_entries e ON e.account_id = a.id AND e.effective = 1
		GROUP BY a.id, a.posted HAVING a.posted <> COALESCE(sum(e.amount), 0) LIMIT $1`},
	{"ledger.held_equals_open_holds", `SELECT a.id, 'held ' || CAST(a.held AS TEXT) || ', open holds ' ||
		CAST(COALESCE(CAST(sum(h.amount) AS BIGINT), 0) AS TEXT)
		FROM money_accounts a LEFT JOIN (SELECT e.account_id, -e.amount AS amount FROM money_entries e
			JOIN money_transfers t ON t.id = e.transfer_id AND t.phase = 'hold' AND e.amount < 0
			WHERE NOT EXISTS (SELECT 1 FROM money_transfers r WHERE r.of_idem = t.idem)) h ON h.account_id = a.id
		GROUP BY a.id, a.held HAVING a.held <> COALESCE(sum(h.amount), 0) LIMIT $1`},
	{"ledger.floor", `SELECT id, CAST(posted - held AS TEXT) FROM money_accounts
		WHERE posted - held < floor OR held < 0 LIMIT $1`},
	{"ledger.resolution_has_hold", `SELECT t.id, t.of_idem FROM money_transfers t
		LEFT JOIN money_transfers h ON h.idem = t.of_idem AND h.phase = 'hold'
		WHERE t.of_idem IS NOT NULL AND h.id IS NULL LIMIT $1`},
	{"payment.refunds_within_payment", `SELECT id, 'received ' || CAST(received AS TEXT) || ', reserved ' ||
		CAST(refund_reserved AS TEXT) || ', refunded ' || CAST(refunded AS TEXT) FROM money_payments
		WHERE refund_reserved > received OR refunded > refund_reserved LIMIT $1`},
	{"payment.refunds_add_up", `SELECT p.id, 'reserved ' || CAST(p.refund_reserved AS TEXT) || ', refunded ' || CAST(p.refunded AS TEXT)
		FROM money_payments p LEFT JOIN money_refunds r ON r.payment_id = p.id
		GROUP BY p.id, p.refund_reserved, p.refunded
		HAVING p.refund_reserved <> COALESCE(sum(r.amount), 0)
		OR p.refunded <> COALESCE(sum(CASE WHEN r.state = 'done' THEN r.amount ELSE 0 END), 0) LIMIT $1`},
	{"payment.accepted_is_paid_in_full", `SELECT id, state || ', received ' || CAST(received AS TEXT) FROM money_payments
		WHERE accepted = 1 AND (received <> amount OR state NOT IN ('paid', 'refunded')) LIMIT $1`},
	{"payment.unaccepted_money_returns", `SELECT id, state FROM money_payments
		WHERE accepted = 0 AND received > 0 AND refund_reserved <> received LIMIT $1`},
	{"payment.in_ledger_once", `SELECT p.id, 'received ' || CAST(p.received AS TEXT) FROM money_payments p
		LEFT JOIN money_transfers t ON t.idem = CASE WHEN p.accepted = 1 THEN 'paid:' ELSE 'received:' END || p.id
		WHERE p.received > 0 AND t.id IS NULL LIMIT $1`},
	{"payment.settled_in_ledger", `SELECT p.id, 'settled ' || CAST(p.settled_total AS TEXT) FROM money_payments p
		LEFT JOIN money_transfers t ON t.idem = 'settled:' || p.order_id
		WHERE p.settled_total > 0 AND t.id IS NULL LIMIT $1`},
	{"payment.escrow_balances", `SELECT p.order_id, 'escrow ' || CAST(COALESCE(CAST(sum(e.amount) AS BIGINT), 0) AS TEXT)
		FROM money_payments p LEFT JOIN money_transfers t ON t.ref = p.order_id
		LEFT JOIN money_entries e ON e.transfer_id = t.id AND e.effective = 1
			AND e.account_id = 'escrow:' || p.shop_id || ':' || p.currency
		WHERE p.accepted = 1
		GROUP BY p.id, p.order_id, p.received, p.settled_total
		HAVING COALESCE(sum(e.amount), 0) <> p.received - p.settled_total - (SELECT COALESCE(CAST(sum(r.amount) AS BIGINT), 0)
			FROM money_refunds r WHERE r.payment_id = p.id AND r.state = 'done' AND r.from_merchant + r.from_fee = 0) LIMIT $1`},
	{"refund.done_in_ledger", `SELECT r.id, r.state FROM money_refunds r
		LEFT JOIN money_transfers t ON t.idem = 'refund-done:' || r.id
		WHERE (r.state = 'done') <> (t.id IS NOT NULL) LIMIT $1`},
	{"refund.not_stuck", `SELECT id, fail_code FROM money_refunds WHERE state = 'stuck' LIMIT $1`},
}

// Audit checks every invariant of the ledger, the payments and the refunds against the stored rows.
// An empty list is a sound ledger.
func (s *Service) Audit(ctx context.Context) ([]Break, error) {
	var out []Break
	for _, r := range rules {
		found, err := db.List(ctx, s.db, func(row db.Row) (Break, error) {
			b := Break{Rule: r.name}
			err := row.Scan(&b.Subject, &b.Detail)
			return b, err
		}, r.query, int64(maxBreaks))
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", r.name, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
