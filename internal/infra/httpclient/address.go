package httpclient

import (
	"fmt"
	"net/netip"
)

// blocked4 is what IANA's IPv4 special-purpose registry keeps from the public internet.
var blocked4 = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
)

// public6 is all that has been given out as global unicast; blocked6 lies inside it. Everything
// that wraps an IPv4 address lies outside, or is listed.
var (
	public6  = netip.MustParsePrefix("2000::/3")
	blocked6 = prefixes(
		"2001::/23",     // protocol assignments: Teredo, ORCHID, benchmarking
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4 wraps an IPv4 address
		"2620:4f:8000::/48",
		"3fff::/20", // documentation
	)
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// checkAddress is called with the address that is about to be connected to.
func checkAddress(network, address string, allowLoopback bool) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%s is not TCP: %w", network, errNotAllowed)
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil || !allowed(at.Addr(), allowLoopback) {
		return fmt.Errorf("%s: %w", address, errNotAllowed)
	}
	return nil
}

func allowed(a netip.Addr, allowLoopback bool) bool {
	if a.Zone() != "" {
		return false // a zone only makes sense on our own links
	}
	if a.Is4In6() {
		a = a.Unmap()
	}
	if a.IsLoopback() {
		return allowLoopback
	}
	blocked := blocked6
	if a.Is4() {
		blocked = blocked4
	} else if !public6.Contains(a) {
		return false
	}
	for _, p := range blocked {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
