package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// load is a number of clients that call together so often a second, whether they
// are answered or not.
type load struct{ rate, clients int }

// answers is what clients got.
type answers struct {
	good    int
	refused map[int]int // by code
	latency []time.Duration
	took    time.Duration
}

func (a answers) bad() int {
	n := 0
	for _, count := range a.refused {
		n += count
	}
	return n
}

func (a *answers) add(more answers) {
	a.good += more.good
	a.took += more.took
	a.latency = append(a.latency, more.latency...)
	if a.refused == nil {
		a.refused = map[int]int{}
	}
	for code, count := range more.refused {
		a.refused[code] += count
	}
}

// cheap are the calls, in turn.
var cheap = []string{
	`{"jsonrpc":"2.0","id":%d,"method":"system_health","params":[]}`,
	`{"jsonrpc":"2.0","id":%d,"method":"chain_getHeader","params":[]}`,
	`{"jsonrpc":"2.0","id":%d,"method":"chain_getBlockHash","params":[1]}`,
	`{"jsonrpc":"2.0","id":%d,"method":"state_getRuntimeVersion","params":[]}`,
}

// run calls until ctx ends.
func (l load) run(ctx context.Context, address string) (answers, error) {
	var mu sync.Mutex
	total := answers{refused: map[int]int{}}
	begin := time.Now()
	group, groupContext := errgroup.WithContext(ctx)
	for range l.clients {
		group.Go(func() error {
			got, err := client(groupContext, address, time.Duration(l.clients)*time.Second/time.Duration(l.rate))
			mu.Lock()
			defer mu.Unlock()
			total.good += got.good
			total.latency = append(total.latency, got.latency...)
			for code, count := range maps.All(got.refused) {
				total.refused[code] += count
			}
			return err
		})
	}
	err := group.Wait()
	total.took = time.Since(begin)
	return total, err
}

// client calls once per interval on a connection of its own, and reads answers
// beside it.
func client(ctx context.Context, address string, interval time.Duration) (answers, error) {
	got := answers{refused: map[int]int{}}
	socket, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		return got, err
	}
	defer socket.CloseNow()
	begin := time.Now()
	group := errgroup.Group{}
	group.Go(func() error {
		for id := 0; ; id++ {
			wait := time.NewTimer(time.Until(begin.Add(time.Duration(id) * interval)))
			select {
			case <-ctx.Done():
				wait.Stop()
				return nil
			case <-wait.C:
			}
			if err := socket.Write(ctx, websocket.MessageText, fmt.Appendf(nil, cheap[id%len(cheap)], id)); err != nil {
				return unlessEnded(ctx, err)
			}
		}
	})
	group.Go(func() error {
		for {
			_, text, err := socket.Read(ctx)
			if err != nil {
				return unlessEnded(ctx, err)
			}
			var answer struct {
				ID    int
				Error *struct{ Code int }
			}
			if err := json.Unmarshal(text, &answer); err != nil {
				return err
			}
			if answer.Error != nil {
				got.refused[answer.Error.Code]++
				continue
			}
			got.good++
			// Of when it should have been sent: a client that is held up counts.
			got.latency = append(got.latency, time.Since(begin.Add(time.Duration(answer.ID)*interval)))
		}
	})
	return got, group.Wait()
}

func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
