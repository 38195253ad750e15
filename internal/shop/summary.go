package shop

import (
	"context"
	"fmt"
	"time"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// SeriesDays of a merchant's chart.
const SeriesDays = 30

// Day is one point of the chart: orders paid on the day that starts at Day (unix ms).
type Day struct {
	Day, Orders, Sales int64 // Sales in fen
}

// Summary is a merchant's to-do list and figures. Sales count paid orders, refunded ones included,
// on the day they were paid.
type Summary struct {
	ToShip, RefundsAsked, LowStock int64
	Today, Yesterday               Day
	Series                         []Day    // SeriesDays, oldest first
	Hours                          []Day    // 48, from yesterday's midnight; Day is the hour's start
	Best                           []Seller // at most BestSellers, most units first
}

// Seller is what one product sold today; Sales in fen before freight and discount.
type Seller struct {
	ProductID, Title, Image string
	Units, Sales            int64
}

// BestSellers is how many lines the desk's list has.
const BestSellers = 5

// ShopSummary adds a shop's work and figures up for its team.
func (s *Service) ShopSummary(ctx context.Context, a identity.Actor, shopID string) (Summary, error) {
	if err := s.Staffed(ctx, a, shopID); err != nil {
		return Summary{}, err
	}
	var out Summary
	err := s.DB.QueryRow(ctx, `SELECT
		(SELECT count(*) FROM shop_orders WHERE shop_id = $1 AND state = 'paid' AND refund_state NOT IN ('asked', 'refunding')),
		(SELECT count(*) FROM shop_refunds WHERE shop_id = $1 AND state = 'asked')`, shopID).Scan(&out.ToShip, &out.RefundsAsked)
	if err != nil {
		return Summary{}, fmt.Errorf("count work of %s: %w", shopID, err)
	}
	counts, err := s.productCounts(ctx, shopID)
	if err != nil {
		return Summary{}, fmt.Errorf("count products of %s: %w", shopID, err)
	}
	out.LowStock = counts.Low
	if out.Series, err = s.series(ctx, shopID); err != nil {
		return Summary{}, err
	}
	if out.Hours, err = s.hours(ctx, shopID, out.Series[SeriesDays-2].Day); err != nil {
		return Summary{}, err
	}
	if out.Best, err = s.bestSellers(ctx, shopID, out.Series[SeriesDays-1].Day); err != nil {
		return Summary{}, err
	}
	out.Today, out.Yesterday = out.Series[SeriesDays-1], out.Series[SeriesDays-2]
	return out, nil
}

const dayMS = 24 * 60 * 60 * 1000

// series groups by the merchant's own midnight; its zone has no daylight saving, so a day is 24 hours.
func (s *Service) series(ctx context.Context, shopID string) ([]Day, error) {
	now := s.Clock.Now().In(s.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone).UnixMilli()
	from := today - (SeriesDays-1)*dayMS
	out := make([]Day, SeriesDays)
	for i := range out {
		out[i].Day = from + int64(i)*dayMS
	}
	days, err := db.List(ctx, s.DB, func(r db.Row) (Day, error) {
		var d Day
		err := r.Scan(&d.Day, &d.Orders, &d.Sales)
		return d, err
	}, `SELECT day, count(*), CAST(sum(total) AS BIGINT) FROM (SELECT (paid_at - CAST($1 AS BIGINT)) / 86400000 AS day, total
		FROM shop_orders WHERE shop_id = $2 AND paid_at >= $1 AND paid_at > 0) paid GROUP BY day`, from, shopID)
	if err != nil {
		return nil, fmt.Errorf("sales by day of %s: %w", shopID, err)
	}
	for _, d := range days {
		if d.Day >= 0 && d.Day < SeriesDays {
			out[d.Day].Orders, out[d.Day].Sales = d.Orders, d.Sales
		}
	}
	return out, nil
}

const hourMS = 60 * 60 * 1000

// hours are the 48 hours from a midnight on.
func (s *Service) hours(ctx context.Context, shopID string, from int64) ([]Day, error) {
	out := make([]Day, 48)
	for i := range out {
		out[i].Day = from + int64(i)*hourMS
	}
	hours, err := db.List(ctx, s.DB, func(r db.Row) (Day, error) {
		var d Day
		err := r.Scan(&d.Day, &d.Orders, &d.Sales)
		return d, err
	}, `SELECT hour, count(*), CAST(sum(total) AS BIGINT) FROM (SELECT (paid_at - CAST($1 AS BIGINT)) / 3600000 AS hour, total
		FROM shop_orders WHERE shop_id = $2 AND paid_at >= $1 AND paid_at > 0) paid GROUP BY hour`, from, shopID)
	if err != nil {
		return nil, fmt.Errorf("sales by hour of %s: %w", shopID, err)
	}
	for _, h := range hours {
		if h.Day >= 0 && h.Day < int64(len(out)) {
			out[h.Day].Orders, out[h.Day].Sales = h.Orders, h.Sales
		}
	}
	return out, nil
}

func (s *Service) bestSellers(ctx context.Context, shopID string, from int64) ([]Seller, error) {
	best, err := db.List(ctx, s.DB, func(r db.Row) (Seller, error) {
		var v Seller
		err := r.Scan(&v.ProductID, &v.Title, &v.Image, &v.Units, &v.Sales)
		return v, err
	}, `SELECT l.product_id, max(l.title), max(l.image), CAST(sum(l.quantity) AS BIGINT) AS units, CAST(sum(l.price * l.quantity) AS BIGINT) AS sales
		FROM (SELECT n.product_id, n.title, n.image, n.price, n.quantity FROM shop_orders o JOIN shop_order_lines n ON n.order_id = o.id
			WHERE o.shop_id = $1 AND o.paid_at >= $2 AND o.paid_at > 0
			UNION ALL SELECT line_product_id, line_title, line_image, line_price, line_quantity FROM shop_orders
			WHERE shop_id = $1 AND paid_at >= $2 AND paid_at > 0 AND line_quantity > 0) l
		GROUP BY l.product_id ORDER BY units DESC, sales DESC, l.product_id LIMIT $3`, shopID, from, int64(BestSellers))
	if err != nil {
		return nil, fmt.Errorf("best sellers of %s: %w", shopID, err)
	}
	return best, nil
}

// Sales of the whole site on the current day: the operator's overview.
func (s *Service) SalesToday(ctx context.Context) (Day, error) {
	now := s.Clock.Now().In(s.Zone)
	d := Day{Day: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone).UnixMilli()}
	err := s.DB.QueryRow(ctx, `SELECT count(*), COALESCE(CAST(sum(total) AS BIGINT), 0) FROM shop_orders WHERE paid_at >= $1`, d.Day).
		Scan(&d.Orders, &d.Sales)
	return d, err
}
