package jsonrpc

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// Clients whose address is excepted have no bound of calls, by both ways; behind a
// proxy, only those that it says are they.
func TestUnlimited(t *testing.T) {
	const two = `[{"jsonrpc":"2.0","id":1,"method":"state_null"},{"jsonrpc":"2.0","id":2,"method":"state_null"}]`
	local, other := []string{"10.0.0.0/8", "127.0.0.0/8"}, []string{"10.0.0.0/8", "fd00::/16"}
	for _, each := range []struct {
		name      string
		unlimited []string
		trust     bool
		headers   []string // name, value, …
		limited   bool
	}{
		{"nobody is excepted", nil, false, nil, true},
		{"this machine is", local, false, nil, false},
		{"others are", other, false, nil, true},
		{"a header that is not trusted", other, false, []string{"X-Real-IP", "10.1.2.3"}, true},
		{"a header that is not trusted, this machine", local, false, []string{"X-Real-IP", "8.8.8.8"}, false},
		{"trusted without a header", local, true, nil, false},
		{"X-Real-IP", other, true, []string{"X-Real-IP", "10.1.2.3"}, false},
		{"X-Real-IP of a stranger", local, true, []string{"X-Real-IP", "8.8.8.8"}, true},
		{"X-Real-IP that is none", local, true, []string{"X-Real-IP", "unknown"}, true},
		{"mapped address", other, true, []string{"X-Real-IP", "::ffff:10.1.2.3"}, false},
		{"X-Forwarded-For", other, true, []string{"X-Forwarded-For", "8.8.8.8, 10.1.2.3"}, false},
		{"X-Forwarded-For begun by the client", other, true, []string{"X-Forwarded-For", "10.1.2.3, 8.8.8.8"}, true},
		{"X-Forwarded-For in two lines", other, true, []string{"X-Forwarded-For", "10.1.2.3", "X-Forwarded-For", "8.8.8.8"}, true},
		{"Forwarded", other, true, []string{"Forwarded", `for=8.8.8.8, For="[fd00::7]:4711";proto=https;by=203.0.113.43`}, false},
		{"Forwarded of IPv4 with port", other, true, []string{"Forwarded", `proto=http; for="10.9.9.9:80"`}, false},
		{"Forwarded begun by the client", other, true, []string{"Forwarded", `for=10.1.2.3, for=8.8.8.8`}, true},
		{"Forwarded hidden", other, true, []string{"Forwarded", `for=_hidden`}, true},
		{"Forwarded without for", other, true, []string{"Forwarded", `by=10.1.2.3`}, true},
		{"headers that agree", other, true, []string{"Forwarded", "for=10.1.2.3", "X-Real-IP", "10.1.2.3"}, false},
		{"another header of the client", other, true, []string{"Forwarded", "for=10.1.2.3", "X-Real-IP", "8.8.8.8"}, true},
	} {
		t.Run(each.name, func(t *testing.T) {
			c := Config{Limits: Limits{Rate: 1}, TrustProxy: each.trust}
			for _, p := range each.unlimited {
				c.Unlimited = append(c.Unlimited, netip.MustParsePrefix(p))
			}
			_, address, _ := serve(t, c, newChain())
			header := http.Header{}
			for i := 0; i < len(each.headers); i += 2 {
				header.Add(each.headers[i], each.headers[i+1])
			}
			ws := dial(t, address, &websocket.DialOptions{HTTPHeader: header})
			ws.send(two)
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address, strings.NewReader(two))
			r.Header = header.Clone()
			r.Header.Set("Content-Type", "application/json")
			_, byPost := send(t, r)
			for _, got := range []string{ws.read(), byPost} {
				if strings.Contains(got, errRate.Message) != each.limited || !strings.Contains(got, `"id":1,"result":null`) {
					t.Errorf("limited %t wanted, got %s", each.limited, got)
				}
			}
		})
	}
}

// Requests of several clients may come through one connection of a proxy.
func TestUnlimitedOnOneConnection(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"state_null"}`
	_, address, _ := serve(t, Config{Limits: Limits{Rate: 1}, TrustProxy: true, Unlimited: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, newChain())
	proxy := &http.Transport{MaxConnsPerHost: 1}
	defer proxy.CloseIdleConnections()
	for i, each := range []struct {
		of      string
		limited bool
	}{{"10.0.0.1", false}, {"8.8.8.8", false}, {"8.8.8.8", true}, {"10.0.0.1", false}, {"8.8.4.4", true}} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address, strings.NewReader(call))
		r.Header = http.Header{"Content-Type": {"application/json"}, "X-Real-Ip": {each.of}}
		answer, err := proxy.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if limited := strings.Contains(string(text), errRate.Message); err != nil || limited != each.limited {
			t.Errorf("request %d, of %s: %s, %v, want limited %t", i, each.of, text, err, each.limited)
		}
	}
}

// Connections are counted apart for listeners with rules of their own.
func TestServeByConnections(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"state_null"}`
	s, first, _ := serve(t, Config{}, newChain())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.ServeBy(ctx, l, Config{Limits: Limits{Connections: 1}}) }()
	dial(t, first, nil)
	only := dial(t, l.Addr().String(), nil)
	if status, _ := post(t, l.Addr().String(), call); status != http.StatusTooManyRequests {
		t.Errorf("second connection: %d, want 429", status)
	}
	if status, _ := post(t, first, call); status != http.StatusOK {
		t.Errorf("connection to the other listener: %d, want 200", status)
	}
	only.CloseNow()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A listener with rules of its own has them, and the others not.
func TestServeBy(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"state_null"}`
	s, first, end := serve(t, Config{Limits: Limits{Request: 1 << 20}}, newChain())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- s.ServeBy(ctx, l, Config{Exposure: SafeOnly, Origins: []string{"https://wallet.example"}, Limits: Limits{Batch: -1, Rate: 2, Request: 100, Response: 50, Subscriptions: 1}})
	}()
	second := l.Addr().String()
	for _, each := range []struct{ name, call, own, others string }{
		{"exposure", rotate, "unsafe", "0xkeys"},
		{"batch", "[" + call + "]", "not supported", `[{"jsonrpc":"2.0","id":1,"result":null}]`},
		{"request", call + strings.Repeat(" ", 100), "Request is too big", `"result":null`},
		{"response", `{"jsonrpc":"2.0","id":1,"method":"chain_big","params":[60]}`, "Response is too big", "xxx"},
	} {
		if _, got := post(t, second, each.call); !strings.Contains(got, each.own) {
			t.Errorf("%s: got %s, want %s", each.name, got, each.own)
		}
		if _, got := post(t, first, each.call); !strings.Contains(got, each.others) {
			t.Errorf("%s of the other listener: got %s, want %s", each.name, got, each.others)
		}
	}
	large := call + strings.Repeat(" ", 100)
	unknown, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+second, io.MultiReader(strings.NewReader(large)))
	unknown.Header.Set("Content-Type", "application/json")
	if status, got := send(t, unknown); status != http.StatusRequestEntityTooLarge {
		t.Errorf("large request of unknown length: %d %s, want 413", status, got)
	}
	for address, status := range map[string]int{first: http.StatusForbidden, second: http.StatusOK} {
		if got, _ := post(t, address, call, "Origin", "https://wallet.example"); got != status {
			t.Errorf("page of a wallet at %s: %d, want %d", address, got, status)
		}
	}
	ws := dial(t, second, nil)
	ws.subscribe(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
	ws.read()
	ws.send(`{"id":2,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
	ws.want(`{"jsonrpc":"2.0","id":2,"error":{"code":-32006,"message":"Too many subscriptions on the connection","data":"Exceeded max limit of 1"}}`)
	ws.send(call)
	if got := ws.read(); !strings.Contains(got, errRate.Message) {
		t.Errorf("third call of a minute with two: %s", got)
	}
	ws.send(large)
	if got := ws.read(); !strings.Contains(got, "Request is too big") {
		t.Errorf("large request: %s", got)
	}
	ws.CloseNow()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if status, _ := post(t, first, call); status != http.StatusOK {
		t.Errorf("the other listener answers %d when one has ended, want 200", status)
	}
	if err := s.ServeBy(ctx, l, Config{Exposure: "sometimes"}); err == nil {
		t.Error("rules that are none are served")
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
