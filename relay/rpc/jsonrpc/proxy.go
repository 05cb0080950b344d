package jsonrpc

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// of returns the client that a request is of: one whose rate is not bounded, if its
// address is in Config.Unlimited. Behind a proxy every request of a connection may be
// of another one.
func (c *client) of(r *http.Request) *client {
	config := &c.rules.config
	if c.rate == nil || len(config.Unlimited) == 0 {
		return c
	}
	addresses := []netip.Addr{peer(r.RemoteAddr)}
	if named := proxied(r.Header); config.TrustProxy && len(named) > 0 {
		addresses = named
	}
	for _, a := range addresses {
		if !slices.ContainsFunc(config.Unlimited, func(p netip.Prefix) bool { return p.Contains(a) }) {
			return c
		}
	}
	free := *c
	free.rate = nil
	return &free
}

// proxied returns the addresses that the headers of a proxy name, one for each kind
// of header that is there; the zero Addr where none can be read.
//
// Of a list, the last one counts: proxies add to the end what they see, and what is
// before it may be the client's invention. A proxy writes one kind of header and lets
// the others pass, so that no kind can be preferred: all must agree. Substrate takes
// the first address of the first kind (substrate/client/rpc-servers/src/utils.rs,
// get_proxy_ip), by which clients choose their address.
//
// Source: RFC 7239, section 4.
func proxied(h http.Header) []netip.Addr {
	var out []netip.Addr
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip"} {
		lines := h.Values(name)
		if len(lines) == 0 {
			continue
		}
		last := lines[len(lines)-1]
		last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		if name == "Forwarded" {
			last = forwardedFor(last)
		}
		out = append(out, peer(last))
	}
	return out
}

// forwardedFor returns what an element of a Forwarded header says after for=, which
// may be in quotes.
func forwardedFor(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// peer returns the address in text, which may have brackets and a port.
func peer(text string) netip.Addr {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone("")
}
