package jsonrpc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Exposure says who may call unsafe methods, in the words of --rpc-methods.
type Exposure string

// Exposures.
const (
	Auto        Exposure = "auto"   // who comes through a listener on loopback
	SafeOnly    Exposure = "safe"   // nobody
	UnsafeToAll Exposure = "unsafe" // everybody
)

// Config is the operator's part. The zero value is usable; defaults are those of
// the polkadot binary where it has them.
type Config struct {
	// Exposure says who may call unsafe methods. Default Auto.
	Exposure Exposure
	// Origins are the web pages that may use the server: origins such as
	// https://polkadot.js.org or http://localhost:* (any port), or the one word all.
	// Who sends no Origin is no page. Default localhost and https://polkadot.js.org.
	Origins []string
	// Hosts are the names by which the server may be asked for, beside localhost and
	// any IP address. They stop a page whose name was made to lead here. Not looked
	// at if Origins are all. Default none.
	Hosts []string
	// Unlimited are the addresses of clients that Limits.Rate does not bound.
	Unlimited []netip.Prefix
	// TrustProxy takes for the address of a client, when Unlimited is asked, what the
	// headers of a proxy say: Forwarded, X-Forwarded-For, X-Real-IP.
	TrustProxy bool
	// Limits and Timeouts bound what clients can make the server do.
	Limits   Limits
	Timeouts Timeouts
	// Yield is called after each message was read, and returns when it may be answered.
	// Meanwhile the connection is not read from. Default at once.
	Yield func(context.Context)
	// Logger. Default none.
	Logger *zap.Logger
	// Registerer gets the meters. Default none.
	Registerer prometheus.Registerer
}

// Limits bound what clients can make the server keep. Zero is the default.
type Limits struct {
	// Request bounds a message from a client, in bytes. Default 15 MiB.
	Request int
	// Response bounds a message to a client, in bytes. Default 15 MiB.
	Response int
	// Batch bounds the calls of one message; -1 refuses batches. Default 1,000
	// (polkadot: none).
	Batch int
	// Depth bounds nested arrays and objects in a request. Default 128, as serde_json.
	Depth int
	// Connections bounds them, of all listeners with these rules. Default 100. Who comes after is told
	// so with status 429.
	Connections int
	// Subscriptions bounds those of a connection. Default 1,024. All connections
	// together have 16,384.
	Subscriptions int
	// Messages bounds those that wait to be sent, of a connection. Default 64. Full:
	// calls and subscriptions wait, no longer than Timeouts.Write.
	Messages int
	// Calls bounds the messages of a connection handled at once. Default 32. Full:
	// nothing more is read from it.
	Calls int
	// Rate bounds the calls of a connection, per minute. Default 0: any number.
	Rate int
	// Heavy bounds heavy calls at once, of all connections. Default 4.
	Heavy int
	// Waiting bounds the heavy calls that wait for others. Default 1,024: every client of
	// a node that was started again asks for metadata at once. Full: the call
	// is refused with CodeBusy.
	Waiting int
	// Backlog bounds what waits to be sent on all connections, in bytes. Default 256
	// MiB. Full: answers become CodeBusy, subscriptions end.
	Backlog int
}

// Timeouts bound how long clients can make the server wait. Zero is the default.
type Timeouts struct {
	Header time.Duration // to send the head of an HTTP request; default 5 s
	Read   time.Duration // to send a message that has begun; default 60 s
	Call   time.Duration // for a handler to answer all calls of a message; default 60 s
	Write  time.Duration // to take a message; default 30 s
	Idle   time.Duration // between two requests of an HTTP connection; default 60 s
	Ping   time.Duration // between two pings of a WebSocket; three unanswered end it; default 20 s
	Close  time.Duration // for calls and connections to end when Serve does; default 5 s
}

// Bounds that are not the operator's.
const (
	maxHeader        = 16 << 10 // bytes of the head of an HTTP request
	maxRefusals      = 32       // connections above the limit that are told so
	maxSubscriptions = 1 << 14  // of all connections
	largeMessage     = 64 << 10 // bytes
	maxLarge         = 8        // larger messages read or handled at once
	maxUnanswered    = 3        // pings
)

// defaultOrigins: polkadot-sdk substrate/client/cli/src/commands/run_cmd.rs, rpc_cors.
var defaultOrigins = []string{"http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*", "https://polkadot.js.org"}

func (c Config) withDefaults() Config {
	c.Exposure = cmp.Or(c.Exposure, Auto)
	if c.Origins == nil {
		c.Origins = defaultOrigins
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	if c.Yield == nil {
		c.Yield = func(context.Context) {}
	}
	l, t := &c.Limits, &c.Timeouts
	for _, each := range []struct {
		limit *int
		value int
	}{
		{&l.Request, 15 << 20}, {&l.Response, 15 << 20}, {&l.Batch, 1000}, {&l.Depth, 128}, {&l.Connections, 100},
		{&l.Subscriptions, 1024}, {&l.Messages, 64}, {&l.Calls, 32}, {&l.Heavy, 4}, {&l.Waiting, 1024}, {&l.Backlog, 256 << 20},
	} {
		*each.limit = cmp.Or(*each.limit, each.value)
	}
	for _, each := range []struct {
		timeout *time.Duration
		value   time.Duration
	}{
		{&t.Header, 5 * time.Second}, {&t.Read, time.Minute}, {&t.Call, time.Minute}, {&t.Write, 30 * time.Second},
		{&t.Idle, time.Minute}, {&t.Ping, 20 * time.Second}, {&t.Close, 5 * time.Second},
	} {
		*each.timeout = cmp.Or(*each.timeout, each.value)
	}
	return c
}

// ErrConfig: a value of Config is out of range.
var ErrConfig = errors.New("configuration of JSON-RPC")

// Validate returns every fault of c, each wrapping ErrConfig.
func (c Config) Validate() error {
	c = c.withDefaults()
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
	}
	switch c.Exposure {
	case Auto, SafeOnly, UnsafeToAll:
	default:
		fault("methods %q are not auto, safe or unsafe", c.Exposure)
	}
	if _, bad := newOrigins(c.Origins); bad != "" {
		fault("origin %q is not like https://example.org", bad)
	}
	l, t := c.Limits, c.Timeouts
	for name, n := range map[string]int{
		"request": l.Request, "response": l.Response, "batch": l.Batch + 1, "depth": l.Depth, "connections": l.Connections,
		"subscriptions": l.Subscriptions, "messages": l.Messages, "calls": l.Calls, "rate": l.Rate, "heavy": l.Heavy,
		"waiting": l.Waiting, "backlog": l.Backlog,
	} {
		if n < 0 {
			fault("%s is negative", name)
		}
	}
	for name, d := range map[string]time.Duration{
		"header": t.Header, "read": t.Read, "call": t.Call, "write": t.Write, "idle": t.Idle, "ping": t.Ping, "close": t.Close,
	} {
		if d < 0 {
			fault("time %s is negative", name)
		}
	}
	return errors.Join(faults...)
}
