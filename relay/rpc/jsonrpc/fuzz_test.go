package jsonrpc

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// FuzzDecodeMessage: a message of any bytes takes at most 8 bytes of memory a byte,
// and 64 KiB; what is taken as a call reads the same as by encoding/json; every
// answer is JSON.
func FuzzDecodeMessage(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[0]}`, `[{"jsonrpc":"2.0","id":"a\"","method":"x","params":{"number":1,"at":"b"}},3,[]]`,
		`{"jsonrpc":"2.0","\u0069d":null,"method":"state_null","params":null}`, `[` + strings.Repeat("1,", 1100) + `1]`, strings.Repeat("[", 200), `{"":,}`, `"\`, `{"a":"}"`,
		`{"jsonrpc":"2.0","id":-0,"method":"chain_getBlockHash","params":[` + strings.Repeat("1,", 300) + `1]}`, ` `, `{"id":1,"id":2}`, `{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":{"number":1,"number":2}}`,
	} {
		f.Add([]byte(seed))
	}
	s, err := New(Config{})
	if err != nil {
		f.Fatal(err)
	}
	newChain().add(s)
	limits := s.config.Limits
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		calls, batch, e := decodeMessage(text, limits)
		var params Params
		for _, each := range calls {
			if each.err == nil {
				params, _ = decodeParams(each.params, []string{"number", "at"})
			}
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 8*uint64(len(text))+64<<10 {
			t.Errorf("%d bytes allocated for %d", got, len(text))
		}
		for i := range params.Len() {
			if params.given(i) && !json.Valid(params.values[i]) {
				t.Errorf("parameter %d is %q", i, params.values[i])
			}
		}
		if e == nil && !batch && calls[0].err == nil {
			var want struct {
				Method string
				Params json.RawMessage
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatalf("taken, but %v", err)
			}
			var members map[string]json.RawMessage
			_ = json.Unmarshal(text, &members)
			var method string
			_ = json.Unmarshal(members["method"], &method)
			if method != calls[0].method || string(members["id"]) != string(calls[0].id) {
				t.Errorf("got %q %s, encoding/json %q %s", calls[0].method, calls[0].id, method, members["id"])
			}
		}
		for _, each := range calls {
			if strings.HasPrefix(each.method, "chain_h") || strings.HasPrefix(each.method, "chain_de") || strings.HasPrefix(each.method, "chain_big") {
				return // they wait, or take what they are told
			}
		}
		x := exchange{server: s, client: &client{rules: &s.rules}, protocol: "http"}
		if answer := x.answer(t.Context(), text); answer != nil && !json.Valid(answer) {
			t.Errorf("answer %q", answer)
		}
	})
}
