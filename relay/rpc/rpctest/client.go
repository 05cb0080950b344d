package rpctest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// patience is how long a client waits for a message that must come.
const patience = 20 * time.Second

// Serve serves the methods that register adds, on loopback until the test ends, and
// returns the address.
func Serve(t testing.TB, c jsonrpc.Config, register func(*jsonrpc.Server)) (address string) {
	t.Helper()
	s, err := jsonrpc.New(c)
	must(t, err)
	register(s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	return l.Addr().String()
}

// Client is a WebSocket that keeps notifications until they are asked for. It is for
// one goroutine.
type Client struct {
	*websocket.Conn
	// Told are the notifications not taken yet, by subscription.
	Told map[string][]Notification
	t    testing.TB
	last int // number of the last call
}

// Notification is what a subscription tells.
type Notification struct {
	Method string
	Params struct {
		Subscription string
		Result       json.RawMessage
		Error        *jsonrpc.Error
	}
}

// Answer is what comes of a call.
type Answer struct {
	Result json.RawMessage
	Error  *jsonrpc.Error
}

// message is what a server sends.
type message struct {
	ID *int
	Answer
	Notification
}

// Dial connects to a server until the test ends.
func Dial(t testing.TB, address string) *Client {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	conn, _, err := websocket.Dial(ctx, "ws://"+address, nil)
	must(t, err)
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &Client{Conn: conn, Told: map[string][]Notification{}, t: t}
}

// read returns the next message, a notification of which is kept.
func (c *Client) read() (m message) {
	c.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	_, text, err := c.Read(ctx)
	must(c.t, err)
	must(c.t, json.Unmarshal(text, &m))
	if id := m.Params.Subscription; m.ID == nil {
		c.Told[id] = append(c.Told[id], m.Notification)
	}
	return m
}

// Try makes a call with parameters as they stand in JSON.
func (c *Client) Try(method, params string) Answer {
	c.t.Helper()
	c.last++
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	text := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.last, method, params)
	must(c.t, c.Write(ctx, websocket.MessageText, []byte(text)))
	for {
		if m := c.read(); m.ID != nil {
			if *m.ID != c.last {
				c.t.Fatalf("answer to call %d, want that to %d", *m.ID, c.last)
			}
			return m.Answer
		}
	}
}

// Next takes the next notification of a subscription for which pick returns true.
func (c *Client) Next(subscription string, pick func(Notification) bool) Notification {
	c.t.Helper()
	for seen := 0; ; seen++ {
		for seen >= len(c.Told[subscription]) {
			if m := c.read(); m.ID != nil {
				c.t.Fatalf("answer %d out of turn", *m.ID)
			}
		}
		if n := c.Told[subscription][seen]; pick(n) {
			c.Told[subscription] = slices.Delete(c.Told[subscription], seen, seen+1)
			return n
		}
	}
}
