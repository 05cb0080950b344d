package jsonrpc

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

const rotate = `{"jsonrpc":"2.0","id":1,"method":"author_rotateKeys"}`

// A method that does not say is unsafe; who may call it depends on the listener.
func TestExposure(t *testing.T) {
	for _, each := range []struct {
		exposure Exposure
		address  net.Addr
		allowed  bool
	}{
		{"", loopback, true}, {Auto, loopback, true}, {Auto, outside, false}, {Auto, &net.UnixAddr{Name: "socket"}, false},
		{Auto, &net.TCPAddr{IP: net.IPv6loopback}, true}, {Auto, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, false}, {Auto, &net.TCPAddr{}, false},
		{SafeOnly, loopback, false}, {UnsafeToAll, outside, true},
	} {
		t.Run(string(each.exposure)+"/"+each.address.String(), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			serveOn(t, Config{Exposure: each.exposure}, newChain(), local{l, each.address})
			ws := dial(t, l.Addr().String(), nil)
			ws.send(rotate)
			_, byPost := post(t, l.Addr().String(), rotate)
			for _, got := range []string{ws.read(), byPost} {
				if allowed := strings.Contains(got, "0xkeys"); allowed != each.allowed || !allowed && !strings.Contains(got, `"code":-32601,"message":"RPC call is unsafe`) {
					t.Errorf("got %s", got)
				}
			}
		})
	}
}

// Pages of foreign origin and names that were made to lead here are refused, by
// both ways.
func TestHostAndOrigin(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"state_null"}`
	for _, each := range []struct {
		config       Config
		host, origin string
		allowed      bool
	}{
		{Config{}, "localhost:9944", "", true},
		{Config{}, "LOCALHOST", "", true},
		{Config{}, "127.0.0.1:9944", "", true},
		{Config{}, "[::1]:9944", "", true},
		{Config{}, "192.168.1.7", "", true},
		{Config{}, "evil.example", "", false},
		{Config{}, "localhost.evil.example:9944", "", false},
		{Config{}, "127.0.0.1.evil.example", "", false},
		{Config{Hosts: []string{"rpc.example.org"}}, "rpc.example.org:443", "", true},
		{Config{Hosts: []string{"rpc.example.org"}}, "x.rpc.example.org", "", false},
		{Config{}, "localhost", "https://polkadot.js.org", true},
		{Config{}, "localhost", "http://localhost:3000", true},
		{Config{}, "localhost", "http://localhost", true},
		{Config{}, "localhost", "https://127.0.0.1:1", true},
		{Config{}, "localhost", "http://polkadot.js.org", false},
		{Config{}, "localhost", "https://polkadot.js.org:8443", false},
		{Config{}, "localhost", "https://polkadot.js.org.evil.example", false},
		{Config{}, "localhost", "http://localhost:3000@evil.example", false},
		{Config{}, "localhost", "http://localhost.evil.example", false},
		{Config{}, "localhost", "null", false},
		{Config{Origins: []string{"https://wallet.example"}}, "localhost", "https://wallet.example", true},
		{Config{Origins: []string{"https://wallet.example"}}, "localhost", "https://polkadot.js.org", false},
		{Config{Origins: []string{}}, "localhost", "http://localhost", false},
		{Config{Origins: []string{"all"}}, "evil.example", "https://evil.example", true},
	} {
		t.Run(each.host+" "+each.origin, func(t *testing.T) {
			_, address, _ := serve(t, each.config, newChain())
			headers := []string{"Host", each.host}
			options := &websocket.DialOptions{Host: each.host}
			if each.origin != "" {
				headers = append(headers, "Origin", each.origin)
				options.HTTPHeader = http.Header{"Origin": {each.origin}}
			}
			if status, body := post(t, address, call, headers...); (status == 200) != each.allowed || !each.allowed && status != 403 {
				t.Errorf("POST: %d %s", status, body)
			}
			c, answer, err := websocket.Dial(t.Context(), "ws://"+address, options)
			if (err == nil) != each.allowed || !each.allowed && answer.StatusCode != 403 {
				t.Errorf("WebSocket: %v", err)
			}
			if c != nil {
				c.CloseNow()
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	ask := func(origin string) *http.Response {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+address, nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Private-Network", "true")
		answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	good := ask("https://polkadot.js.org")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "https://polkadot.js.org", "Access-Control-Allow-Methods": "POST",
		"Access-Control-Allow-Headers": "Content-Type", "Access-Control-Allow-Private-Network": "true", "Vary": "Origin",
	} {
		if got := good.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if bad := ask("https://evil.example"); bad.StatusCode != 403 || bad.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("foreign page: %d %v", bad.StatusCode, bad.Header)
	}
}

// What a page may send without asking, and what is no call, is refused.
func TestRequestsRefused(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonp"} {
		if status, _ := roundTrip(t, "POST", address, rotate, "Content-Type", kind); status != 415 {
			t.Errorf("content type %q: %d", kind, status)
		}
	}
	for _, kind := range []string{"application/json", "application/json;charset=utf-8", "Application/JSON; charset=UTF-8"} {
		if status, _ := roundTrip(t, "POST", address, rotate, "Content-Type", kind); status != 200 {
			t.Errorf("content type %q: %d", kind, status)
		}
	}
	for _, method := range []string{"GET", "PUT", "DELETE", "TRACE"} {
		if status, _ := roundTrip(t, method, address, ""); status != 405 {
			t.Errorf("%s: %d", method, status)
		}
	}
	if status, _ := roundTrip(t, "GET", address, "", "Connection", "Upgrade", "Upgrade", "websocket"); status != 400 {
		t.Errorf("upgrade without a version: %d", status)
	}
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]Config{
		"exposure": {Exposure: "some"}, "origin": {Origins: []string{"polkadot.js.org"}}, "path": {Origins: []string{"https://a.b/c"}},
		"batch": {Limits: Limits{Batch: -2}}, "rate": {Limits: Limits{Rate: -1}}, "write": {Timeouts: Timeouts{Write: -1}},
	} {
		if _, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{Limits: Limits{Batch: -1}, Origins: []string{"ALL", "http://[::1]:*", "null"}}); err != nil {
		t.Error(err)
	}
}

// Two methods of one name, or one without a handler, are mistakes of the program.
func TestRegistry(t *testing.T) {
	call := newChain()
	for name, add := range map[string]func(*Server){
		"twice":        func(s *Server) { call.add(s); call.add(s) },
		"alias":        func(s *Server) { s.Method(Method{Name: "a", Aliases: []string{"rpc_methods"}, Call: s.list}) },
		"handler":      func(s *Server) { s.Method(Method{Name: "a"}) },
		"name":         func(s *Server) { s.Method(Method{Call: s.list}) },
		"notification": func(s *Server) { s.Subscription(Subscription{Name: "a", Unsubscribe: "b"}) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if recover() == nil {
					t.Error("taken")
				}
			}()
			add(s)
		})
	}
}
