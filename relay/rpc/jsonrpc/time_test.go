package jsonrpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// pipes is a listener whose connections have no buffer, inside a bubble.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return loopback }

// connect returns the client's end of a connection.
func (p *pipes) connect() net.Conn {
	a, b := net.Pipe()
	select {
	case p.accept <- b:
	case <-p.closed:
		a.Close()
	}
	return a
}

// dial returns a WebSocket over a pipe, and its status if it is refused.
func (p *pipes) dial(t *testing.T) (*socket, int) { return dialOver(t, p.connect, nil) }

// dialOver is dial; onPing, if not nil, says whether a ping is answered.
func dialOver(t *testing.T, connect func() net.Conn, onPing func(context.Context, []byte) bool) (*socket, int) {
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return connect(), nil }}
	defer transport.CloseIdleConnections()
	c, answer, err := websocket.Dial(t.Context(), "ws://localhost", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}, OnPingReceived: onPing})
	if err != nil {
		if answer == nil {
			return nil, 0
		}
		return nil, answer.StatusCode
	}
	c.SetReadLimit(-1)
	return &socket{c, t}, 101
}

// buffered is a pipe that takes what is written before it is read, as TCP does.
type buffered struct {
	net.Conn
	written chan []byte
}

func newBuffered(c net.Conn) buffered {
	b := buffered{c, make(chan []byte, 1000)}
	go func() {
		for p := range b.written {
			if _, err := c.Write(p); err != nil {
				return
			}
		}
	}()
	return b
}

func (b buffered) Write(p []byte) (int, error) {
	b.written <- slices.Clone(p)
	return len(p), nil
}

func (b buffered) Close() error {
	b.written <- nil // an empty write fails when the pipe is closed
	return b.Conn.Close()
}

// bubble runs a test under virtual time with a server on pipes.
func bubble(t *testing.T, config Config, test func(t *testing.T, s *Server, c *chain, p *pipes, end func() error)) {
	synctest.Test(t, func(t *testing.T) {
		c, p := newChain(), newPipes()
		s, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		c.add(s)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, p); close(ended) }()
		end := func() error { cancel(); return <-ended }
		test(t, s, c, p, end)
		if err := end(); err != nil {
			t.Error(err)
		}
		if s.backlog.used.Load() != 0 || s.subscriptions.used.Load() != 0 || s.connections.Load() != 0 {
			t.Errorf("left: %d bytes, %d subscriptions, %d connections", s.backlog.used.Load(), s.subscriptions.used.Load(), s.connections.Load())
		}
	})
}

// A client that stops reading is cut off after Timeouts.Write; until then no more
// than the queue and one message for each subscription waits for it, and another
// client is served.
func TestSlowReader(t *testing.T) {
	bubble(t, Config{Timeouts: Timeouts{Write: 10 * time.Second}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		slow, _ := p.dial(t)
		slow.send(`[` + strings.TrimSuffix(strings.Repeat(`{"id":1,"jsonrpc":"2.0","method":"state_subscribeStorage"},`, 1000), ",") + `]`)
		if len(slow.read()) < 1000 {
			t.Fatal("no subscriptions")
		}
		synctest.Wait()
		const size = len(`{"jsonrpc":"2.0","method":"state_storage","params":{"subscription":"ABCDEFGHIJKLMNOP","result":"0x00"}}`)
		if used := s.backlog.used.Load(); used < 64*int64(size) || used > (64+1000+1)*int64(size) {
			t.Errorf("%d bytes wait", used)
		}
		other, _ := p.dial(t)
		other.send(`{"id":1,"jsonrpc":"2.0","method":"state_null"}`)
		other.want(`{"jsonrpc":"2.0","id":1,"result":null}`)
		begin := time.Now()
		for range 1000 {
			if err := <-c.gone; !errors.Is(err, ErrSlow) && !errors.Is(err, ErrEnded) {
				t.Fatalf("run returned %v", err)
			}
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("cut off after %s", took)
		}
		synctest.Wait()
		other.CloseNow()
		slow.CloseNow()
	})
}

// A client that takes a little now and then is cut off too, when a message has
// waited for a place that long.
func TestTrickleReader(t *testing.T) {
	bubble(t, Config{Timeouts: Timeouts{Write: 10 * time.Second}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		for range 200 {
			ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
			ws.read()
			ws.read()
		}
		begin := time.Now()
		go func() {
			for range 200 {
				select {
				case c.heads <- "0x1":
				case <-time.After(time.Minute):
				}
			}
		}()
		var err error
		for err == nil && time.Since(begin) < 5*time.Minute {
			time.Sleep(5 * time.Second) // virtual
			_, _, err = ws.Read(context.Background())
		}
		if took := time.Since(begin); err == nil || took > 30*time.Second {
			t.Errorf("cut off after %s: %v", took, err)
		}
		slow := 0
		for range 200 {
			if errors.Is(<-c.gone, ErrSlow) {
				slow++
			}
		}
		if slow == 0 {
			t.Error("no notification waited too long")
		}
		ws.CloseNow()
		time.Sleep(time.Hour) // virtual: who offers heads ends
	})
}

// A call by HTTP may take longer than its body.
func TestLongPost(t *testing.T) {
	bubble(t, Config{Timeouts: Timeouts{Read: time.Second}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		web := p.connect()
		go fmt.Fprintf(web, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 46\r\n\r\n{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"chain_hold\"}")
		<-c.held
		time.Sleep(30 * time.Second) // virtual
		close(c.hold)
		if text, err := io.ReadAll(web); err != nil || !strings.HasSuffix(string(text), `{"jsonrpc":"2.0","id":1,"result":"held"}`) {
			t.Errorf("got %s, %v", text, err)
		}
		web.Close()
	})
}

// What finds no room in the backlog is not sent, and the client is told or cut off.
func TestBacklogFull(t *testing.T) {
	bubble(t, Config{Limits: Limits{Backlog: 1000}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		s.backlog.take(1000)
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
		ws.want(`{"jsonrpc":"2.0","id":1,"error":{"code":-32009,"message":"Server is busy, try again later"}}`)
		if err := <-c.gone; !errors.Is(err, ErrEnded) {
			t.Errorf("run returned %v, its client does not know it", err)
		}
		s.backlog.give(60) // room for the answer, not for the notification
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
		for {
			text, err := ws.tryRead()
			if err != nil {
				break
			}
			if strings.Contains(text, "chain_newHead") {
				t.Errorf("sent beyond the backlog: %s", text)
			}
		}
		if err := <-c.gone; !errors.Is(err, ErrSlow) {
			t.Errorf("run returned %v", err)
		}
		s.backlog.give(940)
	})
}

// Pings keep a client that answers, and end one that does not.
func TestPing(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		pings := 0
		live, _ := dialOver(t, p.connect, func(context.Context, []byte) bool {
			pings++
			return pings%maxUnanswered == 0
		})
		closed := make(chan error, 1)
		go func() { _, _, err := live.Read(context.Background()); closed <- err }()
		dead := p.connect()
		begin := time.Now()
		go io.WriteString(dead, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		n, _ := io.Copy(io.Discard, dead)
		if took := time.Since(begin); n == 0 || took < 60*time.Second || took > 2*time.Minute {
			t.Errorf("a client that answers no ping was ended after %s", took)
		}
		select {
		case err := <-closed:
			t.Errorf("a client that answers pings was ended: %v", err)
		case <-time.After(10 * time.Minute):
		}
		live.CloseNow()
		<-closed
		if pings < 10 {
			t.Errorf("%d pings", pings)
		}
	})
}

// Pings say nothing of a client that is not being read.
func TestPingBusy(t *testing.T) {
	bubble(t, Config{Limits: Limits{Calls: 1}, Timeouts: Timeouts{Call: time.Hour}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := dialOver(t, func() net.Conn { return newBuffered(p.connect()) }, nil)
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_hold"}`)
		ws.send(`{"id":2,"jsonrpc":"2.0","method":"state_null"}`)
		<-c.held
		go func() {
			time.Sleep(30 * time.Minute) // virtual
			close(c.hold)
		}()
		for _, want := range []string{"held", "null"} {
			_, got, err := ws.Read(context.Background())
			if err != nil || !strings.Contains(string(got), want) {
				t.Errorf("got %s, %v", got, err)
			}
		}
		ws.CloseNow()
	})
}

func TestRate(t *testing.T) {
	bubble(t, Config{Limits: Limits{Rate: 60}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		call := func() bool {
			ws.send(`{"id":1,"jsonrpc":"2.0","method":"state_null"}`)
			switch got := ws.read(); got {
			case `{"jsonrpc":"2.0","id":1,"result":null}`:
				return true
			case `{"jsonrpc":"2.0","id":1,"error":{"code":-32999,"message":"RPC rate limit exceeded"}}`:
			default:
				t.Fatal(got)
			}
			return false
		}
		passed := 0
		for range 100 {
			if call() {
				passed++
			}
		}
		time.Sleep(time.Second) // virtual
		if later := []bool{call(), call()}; passed != 60 || !later[0] || later[1] {
			t.Errorf("%d of 100 calls passed, then %v", passed, later)
		}
		// Calls of a batch count, other connections do not.
		time.Sleep(time.Second) // virtual
		ws.send(`[{"id":1,"jsonrpc":"2.0","method":"state_null"},{"id":2,"jsonrpc":"2.0","method":"state_null"}]`)
		if got := ws.read(); strings.Count(got, "-32999") != 1 {
			t.Error(got)
		}
		ws.CloseNow()
		if ws, _ = p.dial(t); !call() {
			t.Error("another connection is refused")
		}
		ws.CloseNow()
	})
}

// Heavy calls run a few at a time, some wait, the rest are refused at once. Others
// pass them.
func TestHeavy(t *testing.T) {
	bubble(t, Config{Limits: Limits{Heavy: 2, Waiting: 3}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		for range 3 {
			for range 5 {
				ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_heavy"}`)
			}
			synctest.Wait()
			ws.send(`{"id":6,"jsonrpc":"2.0","method":"chain_heavy"}`)
			ws.want(`{"jsonrpc":"2.0","id":6,"error":{"code":-32009,"message":"Server is busy, try again later"}}`)
			ws.send(`{"id":7,"jsonrpc":"2.0","method":"state_null"}`)
			ws.want(`{"jsonrpc":"2.0","id":7,"result":null}`)
			for range 5 {
				c.wait <- struct{}{}
				ws.want(`{"jsonrpc":"2.0","id":1,"result":"heavy"}`)
			}
		}
		ws.CloseNow()
	})
}

// A call that takes too long is answered so, by both ways, and the rest of its
// batch too.
func TestCallTimeout(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		begin := time.Now()
		ws.send(`[{"id":1,"jsonrpc":"2.0","method":"chain_hold"},{"id":2,"jsonrpc":"2.0","method":"state_null"}]`)
		_, got, err := ws.Read(context.Background())
		const late = `"error":{"code":-32000,"message":"Call took too long"}}`
		if want := `[{"jsonrpc":"2.0","id":1,` + late + `,{"jsonrpc":"2.0","id":2,` + late + `]`; err != nil || string(got) != want {
			t.Errorf("got %s, %v", got, err)
		}
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("took %s", took)
		}
		ws.CloseNow()
	})
}

// What is asked while the node has something urgent to do is answered after that.
func TestYield(t *testing.T) {
	const urgent = 30 * time.Millisecond
	yield := func(context.Context) { time.Sleep(urgent) } // virtual
	bubble(t, Config{Yield: yield}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		ws, _ := p.dial(t)
		begin := time.Now()
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"state_null"}`)
		if _, got, err := ws.Read(context.Background()); err != nil || !strings.Contains(string(got), `"result":null`) {
			t.Errorf("got %s, %v", got, err)
		}
		if took := time.Since(begin); took != urgent {
			t.Errorf("took %s", took)
		}
		ws.CloseNow()
	})
}

// One more connection than the limit is told so, many more are closed, and a place
// that becomes free is given.
func TestConnections(t *testing.T) {
	bubble(t, Config{Limits: Limits{Connections: 3}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		var open []*socket
		for range 3 {
			ws, _ := p.dial(t)
			open = append(open, ws)
		}
		if _, status := p.dial(t); status != 429 {
			t.Errorf("status %d", status)
		}
		synctest.Wait()
		var silent []net.Conn
		for range maxRefusals {
			silent = append(silent, p.connect())
		}
		synctest.Wait()
		begin := time.Now()
		if n, err := p.connect().Read(make([]byte, 1)); n != 0 || err != io.EOF || time.Since(begin) != 0 {
			t.Errorf("one too many read %d bytes, %v after %s", n, err, time.Since(begin))
		}
		// Who says nothing is closed after Timeouts.Header.
		for _, each := range silent {
			_, _ = io.Copy(io.Discard, each)
		}
		if took := time.Since(begin); took > 6*time.Second {
			t.Errorf("silent connections were closed after %s", took)
		}
		open[0].Close(websocket.StatusNormalClosure, "")
		synctest.Wait()
		ws, status := p.dial(t)
		if status != 101 {
			t.Fatalf("status %d when a place is free", status)
		}
		for _, each := range append(open, ws) {
			each.CloseNow()
		}
	})
}

// A client that begins a message and does not go on is cut off.
func TestSlowSender(t *testing.T) {
	bubble(t, Config{Limits: Limits{Connections: 20}}, func(t *testing.T, s *Server, c *chain, p *pipes, _ func() error) {
		begin := time.Now()
		body := p.connect()
		go fmt.Fprintf(body, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		_, _ = io.Copy(io.Discard, body)
		if took := time.Since(begin); took > 61*time.Second {
			t.Errorf("a slow body was cut off after %s", took)
		}
		// As many large messages as may be in memory; a small one passes.
		var large []*socket
		for range maxLarge + 2 {
			ws, _ := p.dial(t)
			w, err := ws.Writer(context.Background(), websocket.MessageText)
			if err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = w.Write(make([]byte, 2*largeMessage)) }()
			large = append(large, ws)
		}
		synctest.Wait()
		if len(s.large) != maxLarge {
			t.Errorf("%d large messages", len(s.large))
		}
		ws, _ := p.dial(t)
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"state_null"}`)
		ws.want(`{"jsonrpc":"2.0","id":1,"result":null}`)
		begin = time.Now()
		for _, each := range large {
			_, _, err := each.Read(context.Background())
			if took := time.Since(begin); err == nil || took > 61*time.Second {
				t.Errorf("a slow message was cut off after %s, %v", took, err)
			}
		}
		synctest.Wait()
		if len(s.large) != 0 {
			t.Errorf("%d large messages are left", len(s.large))
		}
		ws.CloseNow()
	})
}

// At the end calls are answered, subscriptions end, and the client is told.
func TestShutdown(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Server, c *chain, p *pipes, end func() error) {
		ws, _ := p.dial(t)
		ws.subscribe(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`)
		ws.read()
		ws.send(`{"id":2,"jsonrpc":"2.0","method":"chain_hold"}`)
		<-c.held
		begin := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- end() }()
		if err := <-c.gone; err != nil {
			t.Errorf("run returned %v", err)
		}
		ws.send(`{"id":3,"jsonrpc":"2.0","method":"state_null"}`) // too late
		close(c.hold)
		ws.want(`{"jsonrpc":"2.0","id":2,"result":"held"}`)
		if text, err := ws.tryRead(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("got %s, %v", text, err)
		}
		if err := <-ended; err != nil || time.Since(begin) > time.Second {
			t.Errorf("ended after %s: %v", time.Since(begin), err)
		}
		if p.connect() == nil {
			t.Error("no pipe")
		}
	})
}

// What does not end by itself is cut off after Timeouts.Close; a handler that heeds
// its context ends then.
func TestShutdownPatience(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Server, c *chain, p *pipes, end func() error) {
		ws, _ := p.dial(t)
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_hold"}`)
		web := p.connect()
		go fmt.Fprintf(web, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 46\r\n\r\n{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"chain_hold\"}")
		<-c.held
		<-c.held
		begin := time.Now()
		if err := end(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("took %s", took)
		}
		ws.CloseNow()
		web.Close()
	})
}

// A handler that does not heed its context is named.
func TestShutdownHung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p := newChain(), newPipes()
		s, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		c.add(s)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, p) }()
		ws, _ := p.dial(t)
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"chain_deaf"}`)
		<-c.held
		cancel()
		if err := <-ended; !errors.Is(err, ErrHung) {
			t.Errorf("got %v", err)
		}
		close(c.hold)
		ws.CloseNow()
		synctest.Wait()
	})
}

// A listener that fails ends Serve with why.
func TestListenerFails(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	l := newPipes()
	l.Close()
	if err := s.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
