// Package shopapi is the HTTP door of the shop: shops, products, addresses, quotes, orders, refunds
// and a merchant's stream. One file per resource; it parses, calls one method and renders.
package shopapi
