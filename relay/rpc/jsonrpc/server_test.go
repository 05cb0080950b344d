package jsonrpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what takes no time.
const patience = 20 * time.Second

// chain stands for a chain's methods.
type chain struct {
	heads chan string   // each is sent to a subscription
	gone  chan error    // why Run of a subscription returned
	hold  chan struct{} // chain_hold returns when it is closed or gives a value
	held  chan struct{} // told when chain_hold runs
	wait  chan struct{} // chain_heavy returns when it gives a value
}

func newChain() *chain {
	return &chain{heads: make(chan string), gone: make(chan error, 2048), hold: make(chan struct{}), held: make(chan struct{}, 128), wait: make(chan struct{})}
}

func (c *chain) add(s *Server) {
	s.Method(Method{Name: "chain_getBlockHash", Aliases: []string{"chain_getHead"}, Access: Safe, Params: []string{"number", "at"}, Call: func(_ context.Context, p Params) (any, error) {
		var number uint32
		at := "best"
		if err := p.Read(0, &number, &at); err != nil {
			return nil, err
		}
		return fmt.Sprintf("0x%02x@%s", number, at), nil
	}})
	s.Method(Method{Name: "state_call", Access: Safe, Call: func(_ context.Context, p Params) (any, error) {
		var name, data string
		return name + data, p.Read(2, &name, &data)
	}})
	s.Method(Method{Name: "state_null", Access: Safe, Call: func(context.Context, Params) (any, error) { return nil, nil }})
	s.Method(Method{Name: "author_rotateKeys", Call: func(context.Context, Params) (any, error) { return "0xkeys", nil }})
	s.Method(Method{Name: "author_submitExtrinsic", Access: Safe, Call: func(context.Context, Params) (any, error) {
		return nil, fmt.Errorf("pool: %w", &Error{1010, "Invalid Transaction", "Transaction is outdated"})
	}})
	s.Method(Method{Name: "chain_broken", Access: Safe, Call: func(context.Context, Params) (any, error) { return nil, errors.New("disk on fire at /secret") }})
	s.Method(Method{Name: "chain_panic", Access: Safe, Call: func(context.Context, Params) (any, error) { panic("bug") }})
	s.Method(Method{Name: "chain_big", Access: Safe, Call: func(_ context.Context, p Params) (any, error) {
		var n int
		err := p.Read(1, &n)
		return strings.Repeat("x", n), err
	}})
	s.Method(Method{Name: "chain_hold", Access: Safe, Call: func(ctx context.Context, _ Params) (any, error) {
		c.held <- struct{}{}
		select {
		case <-c.hold:
			return "held", nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	s.Method(Method{Name: "chain_deaf", Access: Safe, Call: func(context.Context, Params) (any, error) {
		c.held <- struct{}{}
		<-c.hold
		return nil, nil
	}})
	s.Method(Method{Name: "chain_heavy", Access: Safe, Heavy: true, Call: func(ctx context.Context, _ Params) (any, error) {
		select {
		case <-c.wait:
			return "heavy", nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	s.Subscription(Subscription{
		Name: "chain_subscribeNewHeads", Aliases: []string{"chain_subscribeNewHead"}, Access: Safe, Notification: "chain_newHead",
		Unsubscribe: "chain_unsubscribeNewHeads", UnsubscribeAliases: []string{"chain_unsubscribeNewHead"},
		Run: func(ctx context.Context, p Params, sink *Sink) (err error) {
			defer func() { c.gone <- err }()
			for first := true; ; first = false {
				head := "first"
				if !first {
					select {
					case head = <-c.heads:
					case <-ctx.Done():
						return nil
					}
				}
				if err := sink.Send(ctx, json.RawMessage(`{"number":"`+head+`"}`)); err != nil {
					return err
				}
			}
		},
	})
	s.Subscription(Subscription{
		Name: "author_submitAndWatchExtrinsic", Access: Safe, Notification: "author_extrinsicUpdate", Unsubscribe: "author_unwatchExtrinsic",
		Run: func(ctx context.Context, p Params, sink *Sink) error {
			var xt string
			switch err := p.Read(1, &xt); {
			case err != nil:
				return err
			case xt == "0x":
				return &Error{1010, "Invalid Transaction", "Transaction has a bad signature"}
			case xt == "0xpanic":
				panic("bug")
			case xt == "0xquiet":
				return nil
			}
			if err := sink.Send(ctx, "ready"); err != nil {
				return err
			}
			return &Error{1014, "Priority is too low", nil}
		},
	})
	s.Subscription(Subscription{
		Name: "state_subscribeStorage", Access: Safe, Notification: "state_storage", Unsubscribe: "state_unsubscribeStorage",
		Run: func(ctx context.Context, _ Params, sink *Sink) (err error) {
			defer func() { c.gone <- err }()
			for {
				if err := sink.Send(ctx, "0x00"); err != nil {
					return err
				}
			}
		},
	})
	s.Subscription(Subscription{
		Name: "system_unstable_watch", Notification: "system_event", Unsubscribe: "system_unstable_unwatch",
		Run: func(context.Context, Params, *Sink) error { return nil },
	})
}

// local says that a listener is on loopback or not, whatever it is.
type local struct {
	net.Listener
	address net.Addr
}

func (l local) Addr() net.Addr { return l.address }

var (
	loopback = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9944}
	outside  = &net.TCPAddr{IP: net.IPv4zero, Port: 9944}
)

// serve runs a server of the chain until the test ends, and returns it, where it
// listens, and how to end it and wait for its error.
func serve(t *testing.T, config Config, c *chain) (s *Server, address string, end func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, end = serveOn(t, config, c, l)
	return s, l.Addr().String(), end
}

func serveOn(t *testing.T, config Config, c *chain, l net.Listener) (s *Server, end func() error) {
	t.Helper()
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	c.add(s)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	end = func() error {
		cancel()
		err, ok := <-ended
		if ok {
			close(ended)
		}
		return err
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s, end
}

// socket is a client's WebSocket.
type socket struct {
	*websocket.Conn
	t *testing.T
}

func dial(t *testing.T, address string, options *websocket.DialOptions) *socket {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	c, _, err := websocket.Dial(ctx, "ws://"+address, options)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(-1)
	t.Cleanup(func() { c.CloseNow() })
	return &socket{c, t}
}

func (s *socket) send(text string) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), patience)
	defer stop()
	if err := s.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("sending %.80s: %v", text, err)
	}
}

func (s *socket) read() string {
	s.t.Helper()
	text, err := s.tryRead()
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (s *socket) tryRead() (string, error) {
	ctx, stop := context.WithTimeout(s.t.Context(), patience)
	defer stop()
	_, text, err := s.Read(ctx)
	return string(text), err
}

func (s *socket) want(texts ...string) {
	s.t.Helper()
	for _, want := range texts {
		if got := s.read(); got != want {
			s.t.Fatalf("got  %.300s\nwant %.300s", got, want)
		}
	}
}

// subscribe returns the id of a subscription whose answer is the next message.
func (s *socket) subscribe(call string) string {
	s.t.Helper()
	s.send(call)
	var answer struct {
		ID     int
		Result string
	}
	text := s.read()
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Result) != 16 {
		s.t.Fatalf("answer to a subscription: %s", text)
	}
	return answer.Result
}

// post returns status and body of a call by HTTP.
func post(t *testing.T, address, body string, headers ...string) (int, string) {
	t.Helper()
	return roundTrip(t, http.MethodPost, address, body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func roundTrip(t *testing.T, method, address, body string, headers ...string) (int, string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+address, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	return send(t, r)
}

// send returns status and body of the answer to a request.
func send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
