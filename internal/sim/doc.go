// Package sim drives the pure cores in one world on one goroutine with virtual time: placing and orders
// (shop/order), stock (shop/stock), payments and refunds (money/payment), the ledger (money/ledger) and a
// room's timeline (live/timeline). It holds tests only.
//
// Nouns: a world is made by its seed; a seed is a list of commands (what people do) and a profile (which
// faults there are, how often). An event is due at a time and carries its own randomness, so that leaving a
// command out changes no other one: that is how a failing seed is shrunk. A node has a clock that is wrong
// and jumps, a lane, and perhaps the room's sequencer; it crashes and comes back. The store keeps rows and
// repeats the guards that production has in the WHERE of its statements; a plan was decided on rows that
// may have changed by the time it commits.
//
// Faults: a crash between deciding and committing, a commit whose answer is lost, stale reads on two nodes,
// clock jumps, retries with the same key and with another body, provider news that is late, doubled, out of
// order, contradicting or of another amount, a node that goes on sealing a room it lost, ticks that are lost,
// doubled and late.
//
// Oracles run after every event (check_test.go), at every sealed tick and at every tick a viewer folds
// (viewer_test.go); at the end all faults stop, and every order, payment, refund and viewer must come to rest
// in a legal state. Two runs of a seed must have the same trace.
//
//	make sim                          100,000 seeds, as make test does
//	go test ./internal/sim -run TestSim_NoSeed -seed=42 -v        one seed with its trace
//	SIM_SEEDS=1000000 SIM_FROM=5000000 make sim-soak             more, with a line for the evidence
package sim
