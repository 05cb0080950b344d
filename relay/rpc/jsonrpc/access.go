package jsonrpc

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// origins are the web pages that may use the server.
type origins struct {
	all   bool
	exact []string // scheme://host or scheme://host:port, lower case
	ports []string // scheme://host, any port
}

// newOrigins reads Config.Origins. Bad is the first that cannot be read.
func newOrigins(list []string) (o origins, bad string) {
	for _, each := range list {
		text := strings.ToLower(strings.TrimSpace(each))
		host, anyPort := strings.CutSuffix(text, ":*")
		switch {
		case text == "all", text == "*":
			o.all = true
		case anyPort && isOrigin(host):
			o.ports = append(o.ports, host)
		case text == "null", isOrigin(text):
			o.exact = append(o.exact, text)
		default:
			return o, each
		}
	}
	return o, ""
}

// isOrigin says whether text is a scheme and a host, with or without port.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Hostname() != "" && text == u.Scheme+"://"+u.Host
}

// allow says whether a page of this origin may use the server.
func (o origins) allow(origin string) bool {
	origin = strings.ToLower(origin)
	if o.all || slices.Contains(o.exact, origin) {
		return true
	}
	if !isOrigin(origin) {
		return false
	}
	u, _ := url.Parse(origin)
	if port := u.Port(); port != "" {
		origin = strings.TrimSuffix(origin, ":"+port)
	}
	return slices.Contains(o.ports, origin)
}

// allowHost says whether the server may be asked for by the name in a Host header:
// an IP address, localhost, or one of names. A page whose own name leads to this
// server sends that name.
func allowHost(header string, names []string) bool {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost") ||
		slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, host) || strings.EqualFold(n, header) })
}

// isLoopback says whether only this machine reaches a listener.
func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
