// Flashsalehttp measures a sale through the real API: the built binary serves, and buyers with sessions
// press "order" in the same moment, each on a connection of its own.
//
// Buyers have accounts, addresses and a quote (POST /shop/quotes over HTTP) when the sale is called;
// then every one posts its order with an Idempotency-Key, and posts it again after the time the answer
// names when the server is busy. A buyer is decided when it holds an order or was told that none is
// left. Everything runs beside it as in production: payments are started, facts delivered.
//
// The buyers live in load processes of their own, each below the limit of 20,000 descriptors and
// with source addresses of its own; the server process's limit decides how many buyers there are.
//
// The peer is Medusa 2 with a PostgreSQL of its own, when a folder with it is named: the same kind of sale in
// short rushes of 1, 16 and 64 buyers at a time. What is compared is the last step on both sides.
package main
