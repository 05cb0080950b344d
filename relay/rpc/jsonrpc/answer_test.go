package jsonrpc

import (
	"context"
	"net"
	"strings"
	"testing"
)

// TestAnswer: who answers with an Answer is told when that is on its way, with false
// if the client gets something else; what is sent then comes after it. Ended and
// IDName change how a subscription ends.
func TestAnswer(t *testing.T) {
	sent := make(chan bool, 2)
	begin := make(chan struct{}, 1)
	s, err := New(Config{Limits: Limits{Response: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	s.Method(Method{Name: "answer_begin", Access: Safe, Socket: true, Params: []string{"size"}, Call: func(_ context.Context, p Params) (any, error) {
		size := 1
		if err := p.Read(0, &size); err != nil {
			return nil, err
		}
		return Answer{strings.Repeat("x", size), func(ok bool) {
			sent <- ok
			if ok {
				begin <- struct{}{}
			}
		}}, nil
	}})
	s.Subscription(Subscription{
		Name: "answer_watch", Access: Safe, Notification: "answer_event", Unsubscribe: "answer_unwatch", IDName: "watch",
		Ended: func(found bool) (any, error) {
			if !found {
				return nil, &Error{Code: 7, Message: "no such watch"}
			}
			return nil, nil
		},
		Run: func(ctx context.Context, _ Params, sink *Sink) error {
			for {
				if err := sink.Accept(ctx); err != nil {
					return err
				}
				select {
				case <-begin:
					if err := sink.Send(ctx, 1); err != nil {
						return err
					}
				case <-ctx.Done():
					return nil
				}
			}
		},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	address := l.Addr().String()
	ws := dial(t, address, nil)
	ws.send(`{"jsonrpc":"2.0","id":1,"method":"answer_watch"}`)
	first := ws.read()
	id := first[strings.LastIndex(first, `:"`)+2 : len(first)-2]
	ws.send(`{"jsonrpc":"2.0","id":2,"method":"answer_begin"}`)
	ws.want(`{"jsonrpc":"2.0","id":2,"result":"x"}`, `{"jsonrpc":"2.0","method":"answer_event","params":{"subscription":"`+id+`","result":1}}`)
	if !<-sent {
		t.Error("told that the answer was not sent")
	}
	const call = `{"jsonrpc":"2.0","id":3,"method":"answer_begin","params":[600]}`
	ws.send("[" + call + "," + call + "]")
	if answer := ws.read(); !strings.Contains(answer, "-32011") {
		t.Errorf("answer %s", answer)
	}
	for range 2 {
		if <-sent {
			t.Error("told that an answer was sent")
		}
	}
	ws.send(`{"jsonrpc":"2.0","id":4,"method":"answer_unwatch","params":{"watch":"` + id + `"}}`)
	ws.want(`{"jsonrpc":"2.0","id":4,"result":null}`)
	ws.send(`{"jsonrpc":"2.0","id":5,"method":"answer_unwatch","params":["` + id + `"]}`)
	ws.want(`{"jsonrpc":"2.0","id":5,"error":{"code":7,"message":"no such watch"}}`)
	ws.send(`{"jsonrpc":"2.0","id":7,"method":"answer_begin","params":[2000]}`)
	if answer := ws.read(); !strings.Contains(answer, "-32008") {
		t.Errorf("answer %.100s", answer)
	}
	if <-sent {
		t.Error("told that a result too large was sent")
	}
	if _, got := post(t, address, `{"jsonrpc":"2.0","id":6,"method":"answer_begin"}`); !strings.Contains(got, "this method needs a WebSocket") {
		t.Errorf("by HTTP: %s", got)
	}
}
