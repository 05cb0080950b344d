package jsonrpc

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// Access says who may call a method. The zero Access is Unsafe.
type Access int

// Accesses.
const (
	Unsafe Access = iota // see Exposure
	Safe                 // everybody
)

// Method is a method and its handler.
type Method struct {
	// Name is what a client calls, Aliases what it may call too.
	Name    string
	Aliases []string
	// Access says who may call it. Default Unsafe.
	Access Access
	// Params are the names of parameters, in order, for clients that give names
	// instead of positions. Default none: by position only.
	Params []string
	// Heavy methods run a few at a time, see Limits.Heavy.
	Heavy bool
	// Socket methods are not there for HTTP: what they begin ends with the connection.
	Socket bool
	// Call returns the result, anything that encoding/json encodes or an Answer, or an
	// error, see Error. ctx ends after Timeouts.Call, and with the client's connection. Call runs
	// in a goroutine of its own, many at once.
	Call func(ctx context.Context, p Params) (result any, err error)
}

// Answer is a result that a handler wants to be told about.
type Answer struct {
	Result any
	// Sent must be there. It is called once: when the answer is on its way, so that what is sent after
	// that comes after it, or with false when the client will not learn the result. It
	// must not block.
	Sent func(ok bool)
}

// Subscription is a method that answers with a subscription's id, notifies the
// client from then on, and is ended by another method.
type Subscription struct {
	// Name, Aliases, Access and Params are those of Method.
	Name    string
	Aliases []string
	Access  Access
	Params  []string
	// Unsubscribe is the method that ends it, with the id as its parameter, whose name
	// is IDName, by default subscription. It answers whether there was such a
	// subscription, or what Ended makes of that.
	Unsubscribe        string
	UnsubscribeAliases []string
	IDName             string
	Ended              func(found bool) (result any, err error)
	// Notification is the method that notifications name.
	Notification string
	// Run sends notifications until it returns; the subscription ends then. An error
	// before Sink.Accept is the answer to the call, a later one a last notification.
	// Nil before Accept is a subscription that ends at once. ctx ends when the client
	// unsubscribes or goes, and when Accept is not called within Timeouts.Call.
	Run func(ctx context.Context, p Params, sink *Sink) error
}

// entry is what a name of a method leads to.
type entry struct {
	Method
	subscribe   *Subscription
	unsubscribe *Subscription
}

// Method adds a method. It panics if a name is taken or the handler missing. Add
// methods before Serve.
func (s *Server) Method(m Method) {
	if m.Call == nil {
		panic(fmt.Sprintf("method %q has no handler", m.Name))
	}
	s.add(&entry{Method: m})
}

// Subscription adds the two methods of a subscription. It panics as Method does.
func (s *Server) Subscription(sub Subscription) {
	if sub.Run == nil || sub.Notification == "" {
		panic(fmt.Sprintf("subscription %q has no handler or no notification", sub.Name))
	}
	s.add(&entry{Method: Method{Name: sub.Name, Aliases: sub.Aliases, Access: sub.Access, Params: sub.Params}, subscribe: &sub})
	s.add(&entry{Method: Method{
		Name: sub.Unsubscribe, Aliases: sub.UnsubscribeAliases, Access: sub.Access, Params: []string{cmp.Or(sub.IDName, "subscription")},
	}, unsubscribe: &sub})
}

func (s *Server) add(e *entry) {
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		if _, taken := s.methods[name]; taken || name == "" {
			panic(fmt.Sprintf("method %q stands twice, or has no name", name))
		}
		s.methods[name] = e
	}
}

// list is rpc_methods: every name that is answered, sorted, unsafe ones and
// aliases too, as Substrate has it.
func (s *Server) list(context.Context, Params) (any, error) {
	return map[string][]string{"methods": slices.Sorted(maps.Keys(s.methods))}, nil
}
