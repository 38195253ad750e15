package server

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/hawker-live/hawker/internal/identity"
)

// ParseProxies reads networks (CIDR, or single addresses) separated by commas: Deps.TrustedProxies.
func ParseProxies(text string) (out []netip.Prefix, err error) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(part)
		if err != nil {
			one, alone := netip.ParseAddr(part)
			if alone != nil {
				return nil, err
			}
			p = netip.PrefixFrom(one, one.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// ClientAddr is the network address a request came from, for limits: an IPv4 address, or the /64 that an
// IPv6 customer owns. "" when unknown. X-Forwarded-For is believed only from trusted proxies, and only as far
// back as they reach: whatever a client wrote into it itself stands further left.
func ClientAddr(ctx context.Context) string { return askedIn(ctx).addr }

// maxHops of X-Forwarded-For are read: more proxies of one's own stand nowhere in a row.
const maxHops = 8

func (r *Router) addrOf(req *http.Request) string {
	peer, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for n := len(hops) - 1; n >= 0 && n >= len(hops)-maxHops && r.trusts(addr); n-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	if addr.Is6() {
		return netip.PrefixFrom(addr.WithZone(""), 64).Masked().String()
	}
	return addr.String()
}

func (r *Router) trusts(addr netip.Addr) bool {
	for _, p := range r.deps.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Replaced is the actor whose session cookie an answer that opens a session overwrites: that session is to
// end, or a browser on a shared desk would leave it behind. The zero Actor for visitors and for programs,
// which carry several sessions as bearer tokens.
func Replaced(ctx context.Context) identity.Actor {
	if !askedIn(ctx).byCookie {
		return identity.Actor{}
	}
	return ActorFrom(ctx)
}
