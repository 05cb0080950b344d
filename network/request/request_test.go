package request

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	libp2p "github.com/libp2p/go-libp2p/core/protocol"

	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
)

const latency = 20 * time.Millisecond

var limits = []protocol.Limits{
	{Name: "echo", MaxRequest: 1 << 20, MaxResponse: 1 << 20, Deadline: 2000, Queue: 2},
	{Name: "tiny", MaxRequest: 8, MaxResponse: 8, Deadline: 2000, Queue: 2},
}

// pair is a client and a server connected to each other.
type pair struct {
	client, server *Service
	hosts          [2]host.Host
	to             peer.ID

	mu      sync.Mutex
	reports []reputation.Reason // what the client or the server blames the other for
}

func (p *pair) report(_ peer.ID, r reputation.Reason) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reports = append(p.reports, r)
}

func (p *pair) blamed() []reputation.Reason {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]reputation.Reason(nil), p.reports...)
}

// newPair must be called in a bubble. Handlers maps protocols to handlers of the
// server; edit may change the server's Config.
func newPair(t *testing.T, handlers map[protocol.Name]Handler, edit func(*Config)) *pair {
	t.Helper()
	n := nettest.New(t, latency)
	p := &pair{hosts: [2]host.Host{n.Host(t, 0), n.Host(t, 1)}}
	p.to = p.hosts[1].ID()
	if err := p.hosts[0].Connect(t.Context(), peer.AddrInfo{ID: p.to, Addrs: p.hosts[1].Addrs()}); err != nil {
		t.Fatal(err)
	}
	config := Config{Host: p.hosts[1], Protocols: limits, Report: p.report}
	if edit != nil {
		edit(&config)
	}
	p.server = service(t, config)
	for name, h := range handlers {
		if err := p.server.Handle(name, h); err != nil {
			t.Fatal(err)
		}
	}
	p.client = service(t, Config{Host: p.hosts[0], Protocols: limits, Report: p.report})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.server.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	synctest.Wait()
	return p
}

func service(t *testing.T, c Config) *Service {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func echo(_ context.Context, _ peer.ID, request []byte) ([]byte, error) { return request, nil }

func TestAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{"echo": echo}, nil)
		for _, size := range []int{0, 10, 1 << 20} {
			want := bytes.Repeat([]byte{1}, size)
			got, err := p.client.Do(t.Context(), p.to, "echo", want)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("size %d: got %d bytes, %v", size, len(got), err)
			}
		}
		if b := p.blamed(); len(b) != 0 {
			t.Errorf("blamed for %v", b)
		}
	})
}

func TestRefusalReachesTheCaller(t *testing.T) {
	const pruned = Refusal("block is pruned")
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{
			"echo": func(context.Context, peer.ID, []byte) ([]byte, error) { return nil, fmt.Errorf("block 7: %w", pruned) },
			"tiny": func(context.Context, peer.ID, []byte) ([]byte, error) { return nil, errors.New("disk on fire") },
		}, nil)
		if _, err := p.client.Do(t.Context(), p.to, "echo", nil); !errors.Is(err, pruned) {
			t.Errorf("got %v, want %v", err, pruned)
		}
		if _, err := p.client.Do(t.Context(), p.to, "tiny", nil); !errors.Is(err, Internal) {
			t.Errorf("an inner error leaks to the peer: %v", err)
		}
	})
}

func TestWhyThereIsNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{"echo": echo}, nil)
		if _, err := p.client.Do(t.Context(), p.to, "unheard-of", nil); !errors.Is(err, ErrUnknownProtocol) {
			t.Errorf("unknown: got %v", err)
		}
		if _, err := p.client.Do(t.Context(), p.to, "tiny", nil); !errors.Is(err, ErrUnsupported) {
			t.Errorf("without handler: got %v", err)
		}
		if _, err := p.client.Do(t.Context(), p.to, "tiny", make([]byte, 9)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("own request too large: got %v", err)
		}
		if _, err := p.client.Do(t.Context(), p.hosts[0].ID()+"x", "echo", nil); !errors.Is(err, ErrNotConnected) {
			t.Errorf("stranger: got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.client.Do(ctx, p.to, "echo", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: got %v", err)
		}
	})
}

func TestHandleErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{"echo": echo}, nil)
		if err := p.server.Handle("tiny", echo); !errors.Is(err, ErrRunning) {
			t.Errorf("while running: got %v", err)
		}
		if err := p.client.Handle("nothing", echo); !errors.Is(err, ErrUnknownProtocol) {
			t.Errorf("unknown: got %v", err)
		}
		p.client.Handle("echo", echo)
		if err := p.client.Handle("echo", echo); !errors.Is(err, ErrHandled) {
			t.Errorf("twice: got %v", err)
		}
		if err := p.server.Run(t.Context()); !errors.Is(err, ErrRunning) {
			t.Errorf("run twice: got %v", err)
		}
	})
}

// A peer that ignores the limits, speaking the wire format by hand.
func TestOversizeIsRefusedUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{"tiny": echo}, nil)
		stream, err := p.hosts[0].NewStream(t.Context(), p.to, libp2p.ID(protocol.RequestID([32]byte{}, "tiny")))
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Reset()
		stream.Write(binary.LittleEndian.AppendUint32(nil, 1<<31)) // and never the payload
		if _, err := readResponse(stream, 100); !errors.Is(err, TooLarge) {
			t.Errorf("got %v, want %v", err, TooLarge)
		}
		if b := p.blamed(); len(b) != 1 || b[0] != reputation.Oversize {
			t.Errorf("blamed for %v, want oversize", b)
		}
	})
}

func TestOversizeResponseIsRefusedUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wide := []protocol.Limits{{Name: "tiny", MaxRequest: 8, MaxResponse: 1 << 20, Deadline: 2000, Queue: 2}}
		p := newPair(t, map[protocol.Name]Handler{
			"tiny": func(context.Context, peer.ID, []byte) ([]byte, error) { return make([]byte, 1<<20), nil },
		}, func(c *Config) { c.Protocols = wide })
		if _, err := p.client.Do(t.Context(), p.to, "tiny", nil); !errors.Is(err, ErrTooLarge) {
			t.Errorf("got %v, want %v", err, ErrTooLarge)
		}
		if b := p.blamed(); len(b) == 0 || b[0] != reputation.Oversize {
			t.Errorf("blamed for %v, want oversize", b)
		}
	})
}

func TestSlowServerHitsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{
			"echo": func(ctx context.Context, _ peer.ID, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() },
		}, nil)
		begin := time.Now()
		if _, err := p.client.Do(t.Context(), p.to, "echo", nil); !errors.Is(err, ErrTimeout) {
			t.Errorf("got %v, want %v", err, ErrTimeout)
		}
		if took := time.Since(begin); took < 2*time.Second || took > 2100*time.Millisecond {
			t.Errorf("gave up after %v, want the deadline of 2 s", took)
		}
		if b := p.blamed(); len(b) == 0 || b[0] != reputation.Timeout {
			t.Errorf("blamed for %v, want a timeout", b)
		}
	})
}

// A peer that takes the request and then holds the stream open for ever.
func TestSilentPeerHitsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, nil, nil)
		p.hosts[1].SetStreamHandler(libp2p.ID(protocol.RequestID([32]byte{}, "tiny")), func(network.Stream) {})
		begin := time.Now()
		if _, err := p.client.Do(t.Context(), p.to, "tiny", nil); !errors.Is(err, ErrTimeout) {
			t.Errorf("got %v, want %v", err, ErrTimeout)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("gave up after %v, want the deadline of 2 s", took)
		}
	})
}

// One byte every 300 ms: closed by the deadline, not held for ever (N03).
func TestSlowlorisIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, map[protocol.Name]Handler{"echo": echo}, nil)
		stream, err := p.hosts[0].NewStream(t.Context(), p.to, libp2p.ID(protocol.RequestID([32]byte{}, "echo")))
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Reset()
		begin := time.Now()
		tick := time.NewTicker(300 * time.Millisecond)
		defer tick.Stop()
		frame := appendFrame(nil, make([]byte, 1<<20))
		for i := 0; err == nil; i++ {
			_, err = stream.Write(frame[i : i+1])
			<-tick.C
		}
		if held := time.Since(begin); held > 3*time.Second {
			t.Errorf("held for %v, want the deadline of 2 s", held)
		}
		if _, err := p.client.Do(t.Context(), p.to, "echo", nil); err != nil {
			t.Errorf("honest request afterwards: %v", err)
		}
	})
}

func TestPeerBoundAndQueueBound(t *testing.T) {
	for name, edit := range map[string]func(*Config){
		"per peer":         func(c *Config) { c.PerPeer = 3 },
		"workers + queue":  func(c *Config) { c.Workers = 1 }, // and a queue of 2
		"outgoing memory":  func(c *Config) { c.Outgoing = 5 },
		"without handshke": func(c *Config) { c.Allow = func(peer.ID) bool { return false } },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				p := newPair(t, map[protocol.Name]Handler{
					"echo": func(context.Context, peer.ID, []byte) ([]byte, error) { <-release; return make([]byte, 10), nil },
				}, edit)
				results := make(chan error, 10)
				for range 10 {
					go func() {
						_, err := p.client.Do(t.Context(), p.to, "echo", nil)
						results <- err
					}()
				}
				time.Sleep(500 * time.Millisecond) // virtual: all requests have arrived
				close(release)
				answered, refused := 0, 0
				for range 10 {
					switch err := <-results; {
					case err == nil:
						answered++
					case errors.Is(err, Busy), errors.Is(err, NotAllowed):
						refused++
					default:
						t.Errorf("got %v, want busy", err)
					}
				}
				if want := map[string]int{"per peer": 3, "workers + queue": 3}[name]; want != 0 && answered != want {
					t.Errorf("answered %d and refused %d, want 3 and 7", answered, refused)
				}
				if refused == 0 {
					t.Error("nothing was refused")
				}
			})
		})
	}
}
