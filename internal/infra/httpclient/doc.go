// Package httpclient is the one way out: every request to an address that a person or a partner
// gave us (payment providers, webhooks, stores, pictures by URL) goes through it.
//
// The guard against reaching our own network (SSRF) sits at the dial, where the address is final:
// names, odd spellings of numbers, redirects and a name that changes its address between check and
// use all end there. Only public unicast addresses pass; loopback, private, link-local, carrier NAT,
// multicast, documentation and benchmark ranges, and every form that wraps an IPv4 address (mapped,
// compatible, translated, NAT64, 6to4, Teredo) do not. AllowLoopback opens 127.0.0.0/8 and ::1 for
// the sandbox payment provider and for tests.
//
// Bounds: the whole exchange has a time limit, the body and the header have a size, redirects are
// forbidden unless allowed and then counted. Proxy variables of the environment are ignored: a
// proxy would dial for us, past the guard.
package httpclient
