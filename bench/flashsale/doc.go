// Flashsale measures placing orders of one hot SKU in process, every acknowledged order fsynced.
//
// The program under test is the one internal/app builds: shop.PlaceOrder with its quote, address,
// limit and stock checks, order, payment, stock and outbox rows. Buyers, addresses and quotes are
// made beforehand. Each run is a child process, so that its CPU time is its own and so that it can
// be killed; clients are closed loops: each places its next order when the last one was answered.
// Payments are started and facts delivered by background work, which does not run during the
// measurement; flashsale-http measures with all of it.
//
// Peers in the same run: one transaction per order with the same rows on the same two engines, and
// a Redis script with appendfsync always.
package main
