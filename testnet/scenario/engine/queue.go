package engine

import (
	"container/heap"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// event is something that happens at a time: to a node, or an action.
type event struct {
	at     primitives.Millis
	serial uint64
	to     NodeID
	life   uint64 // 0: any
	input  Input
	action func()
}

func (a *event) before(b *event) bool {
	return a.at < b.at || a.at == b.at && a.serial < b.serial
}

// near is how many milliseconds ahead of the present a queue has a list for each.
const near = 1 << 10

// queue gives events in the order of time, and those of one time in the order in
// which they came. Nearly all are for a time close by: they go to the list of that
// millisecond. The zero queue is empty.
type queue struct {
	// now is the time of the last event given, or until which there was none.
	now   primitives.Millis
	lists [near][]*event // that of a time t in [now, now+near) is t mod near
	given int            // how many of the list of now were given
	close int            // how many are in lists and not given
	far   far            // at now+near and later
}

// push adds an event. It must not be for a time before that of the last one given.
func (q *queue) push(ev *event) {
	if ev.at >= q.now+near {
		heap.Push(&q.far, ev)
		return
	}
	q.add(ev)
}

func (q *queue) add(ev *event) {
	list := &q.lists[ev.at%near]
	*list = append(*list, ev)
	q.close++
}

// pop takes the first event, nil if there is none before a time.
func (q *queue) pop(until primitives.Millis) *event {
	for q.now < until {
		if list := q.lists[q.now%near]; q.given < len(list) {
			ev := list[q.given]
			list[q.given] = nil
			q.given++
			q.close--
			return ev
		}
		q.lists[q.now%near], q.given = q.lists[q.now%near][:0], 0
		next := q.now + 1
		if q.close == 0 {
			if next = until; len(q.far) > 0 {
				next = min(until, q.far[0].at)
			}
		}
		q.advance(next)
	}
	return nil
}

// advance moves the present. What was far and is near now is added before
// anything else can be for those times, so lists stay in order.
func (q *queue) advance(to primitives.Millis) {
	q.now = to
	for len(q.far) > 0 && q.far[0].at < q.now+near {
		q.add(heap.Pop(&q.far).(*event))
	}
}

// far are events by time and serial, for package heap.
type far []*event

func (f far) Len() int           { return len(f) }
func (f far) Less(i, j int) bool { return f[i].before(f[j]) }
func (f far) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *far) Push(ev any)       { *f = append(*f, ev.(*event)) }

func (f *far) Pop() any {
	last := len(*f) - 1
	ev := (*f)[last]
	(*f)[last] = nil
	*f = (*f)[:last]
	return ev
}
