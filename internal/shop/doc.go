// Package shop sells things: shops, products, stock, quotes, orders, shipping, refunds.
//
// Nouns: a shop has products (SPU); a product has variants (SKU) with a price and counters; a quote
// is a price the buyer saw; an order holds units for 15 minutes, is paid, shipped, received and
// settled. The rules of an order's life are pure (shop/order), as are the counters (shop/stock).
//
// Tables: shop_shops, shop_products, shop_skus, shop_addresses, shop_quotes, shop_orders,
// shop_order_lines, shop_order_log, shop_refunds, shop_bought, shop_ship_runs, shop_ship_rows.
//
// Invariants, all checked by Audit:
//   - per SKU: available, held and sold are never negative; held and sold equal the lines of the
//     orders in the states that hold and sell; available + held + sold is what was counted in;
//   - one order per (buyer, idempotency key); a total is what the lines and the freight add up to;
//   - a paid order has exactly one accepted payment and its escrow posting, written in the same
//     transaction as the order's state;
//   - the fee rate is frozen in the order when it is placed.
//
// Orders are placed through one lane (infra/lane): whatever queued while the last commit ran is the
// next batch, one conditional decrement per SKU; quotes have a lane too. An order of one line is one
// row: the line stands in it, its timeline begins with it, and its first payment is promised by it
// until money writes it (Promised). Orders of several lines keep them in shop_order_lines. Other
// commands change one order each, guarded by its state in the UPDATE's WHERE. Lock order in a transaction: orders, SKUs by id, money. News of a
// payment comes from money and so locks the payment first; when it meets a cancel on PostgreSQL, one
// of the two is rolled back and db.Tx runs it again.
//
// A sheet of parcels is a ship run: the server keeps its lines and a job ships them one order at a
// time, a line being marked in the transaction that ships its order. A shop has one open run.
//
// Facts out: shop.order_placed, _paid, _closed, _shipped, _received, _refunded. Hints: shop.stock,
// shop.order.<shop>. Rights: identity's team of scope "shop".
package shop
