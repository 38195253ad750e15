// Package moneyapi is the HTTP door of money: payments of the signed-in buyer with a long poll, the
// providers' callbacks, wallets, a shop's balance for its team, and the sandbox's fault switches for
// operators. It parses, calls one method and renders.
package moneyapi
