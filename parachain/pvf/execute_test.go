package pvf

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

func TestExecuteEcho(t *testing.T) {
	t.Parallel()
	a := artifact(t, engine(t, Config{CacheDir: compiled}), guests["echo"])
	for _, n := range []int{0, 1, 1000, 3 << 20} {
		params := bytes.Repeat([]byte{7}, n)
		sum := hash.Blake2b256(params)
		got, err := a.Execute(params, Limits{})
		if err != nil || !bytes.Equal(got, append(sum[:], params...)) {
			t.Errorf("%d bytes: got %d bytes, %v; want hash and echo", n, len(got), err)
		}
	}
	if _, err := a.Execute([]byte{0xff}, Limits{}); !errors.Is(err, ErrRefused) {
		t.Errorf("refused block: got %v, want %v", err, ErrRefused)
	}
}

// hostileCase runs the hostile guest with its first parameter.
func hostileCase(a *Artifact, what byte, l Limits) ([]byte, error) {
	return a.Execute(append([]byte{what}, 0, 0, 0, 0), l)
}

func TestHostileGuest(t *testing.T) {
	t.Parallel()
	var logged []string
	e := engine(t, Config{CacheDir: compiled, Log: func(level Level, line []byte) { logged = append(logged, string(line)) }})
	a := artifact(t, e, guests["hostile"])
	small := Limits{MemoryPages: 512}

	for name, c := range map[string]struct {
		what byte
		want Reason
	}{
		"panic":       {'p', ErrTrap},
		"exit":        {'x', ErrExit},
		"refuses":     {'?', ErrRefused},
		"all memory":  {'m', ErrTrap},
		"recursion":   {'r', ErrTrap}, // Go's stack lies in the memory
		"sleep":       {'s', ErrTrap},
		"much output": {'o', ""},
		"empty":       {'e', ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := hostileCase(a, c.what, small)
			if c.want != "" && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if c.want == "" && (err != nil || got == nil || len(got) != 0) {
				t.Errorf("got %v, %v; want an empty result", got, err)
			}
		})
	}

	t.Run("panic is logged", func(t *testing.T) {
		logged = nil
		_, _ = hostileCase(a, 'p', small)
		if all := strings.Join(logged, "\n"); !strings.Contains(all, "guest panics, 5 bytes of parameters") {
			t.Errorf("log lacks the panic:\n%s", all)
		}
	})
	t.Run("output is bounded", func(t *testing.T) {
		logged = nil
		_, err := hostileCase(a, 'o', Limits{MemoryPages: 512, LogBytes: 1000})
		if total := len(strings.Join(logged, "\n")); err != nil || total == 0 || total > 1000 {
			t.Errorf("logged %d bytes, %v; want 1 to 1000", total, err)
		}
	})
	t.Run("nothing outlives a call", func(t *testing.T) {
		for range 3 {
			if got, err := hostileCase(a, 'n', small); err != nil || !bytes.Equal(got, []byte{1}) {
				t.Errorf("got %v, %v; want the first call of an instance", got, err)
			}
			_, _ = hostileCase(a, 'p', small)
		}
	})
	t.Run("garbage is collected", func(t *testing.T) {
		if got, err := hostileCase(a, 'g', small); err != nil || string(got) != "100 tables, collected true" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestResultIsBounded(t *testing.T) {
	t.Parallel()
	a := artifact(t, engine(t, Config{CacheDir: compiled}), guests["hostile"])
	size := func(n uint32) []byte { return binary.LittleEndian.AppendUint32([]byte{'h'}, n) }
	l := Limits{ResultBytes: 1 << 20}
	if got, err := a.Execute(size(1<<20), l); err != nil || len(got) != 1<<20 {
		t.Errorf("at the limit: %d bytes, %v", len(got), err)
	}
	if _, err := a.Execute(size(1<<20+1), l); !errors.Is(err, ErrResultTooLarge) {
		t.Errorf("above the limit: got %v, want %v", err, ErrResultTooLarge)
	}
	if _, err := a.Execute(make([]byte, 11), Limits{ParamsBytes: 10}); !errors.Is(err, ErrParamsTooLarge) || IsInvalid(err) {
		t.Errorf("parameters above the limit: got %v, want the local %v", err, ErrParamsTooLarge)
	}
}

// randomField depends on how much the Go runtime drew before; calls are compared.
var randomField = regexp.MustCompile(`random=[0-9a-f]{32} `)

// TestWorld pins what a guest sees: the same on every machine and in every call.
func TestWorld(t *testing.T) {
	t.Setenv("SECRET", "visible")
	var logged []string
	e := engine(t, Config{CacheDir: compiled, Log: func(level Level, line []byte) { logged = append(logged, string('0'+byte(level))+string(line)) }})
	a := artifact(t, e, guests["hostile"])
	want := `args=[] env=[] now=1000000000 random=RANDOM <nil> file=true host="wasip1" false`
	first := ""
	for range 2 {
		got, err := hostileCase(a, 'w', Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(got)
		}
		if string(got) != first {
			t.Errorf("second call sees %s, first saw %s", got, first)
		}
	}
	if got := randomField.ReplaceAllString(first, "random=RANDOM "); got != want {
		t.Errorf("got  %s\nwant %s", first, want)
	}
	if got := strings.Join(logged[:2], "; "); got != "2looking around; 1on standard error" {
		t.Errorf("logged %q", got)
	}
}

// tinyCall executes a hand-made module.
func tinyCall(t *testing.T, e *Engine, change func(*tiny), l Limits) ([]byte, error) {
	t.Helper()
	m := valid()
	change(&m)
	a, err := e.Prepare(m.encode())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return a.Execute([]byte("parameters"), l)
}

func TestTraps(t *testing.T) {
	t.Parallel()
	e := engine(t, Config{CacheDir: compiled})
	float := "\x43\x00\x00\xc0\x7f" // f32.const NaN
	big := "\x43\x00\x00\x80\x7f"   // f32.const +inf
	for text, body := range map[string]string{
		"unreachable":                   "\x00",
		"out of bounds memory access":   "\x41\x7f\x28\x02\x00\x1a",
		"integer divide by zero":        "\x41\x01\x41\x00\x6d\x1a",
		"integer overflow":              "\x41\x80\x80\x80\x80\x78\x41\x7f\x6d\x1a",
		"invalid conversion to integer": float + "\xa8\x1a",
		"invalid table access":          "\x41\x09\x11\x00\x00",
		"indirect call type mismatch":   "\x41\x00\x11\x00\x00",
	} {
		if !traps[text] {
			t.Errorf("%q is not in the table", text)
		}
		_, err := tinyCall(t, e, func(m *tiny) {
			m.table, m.elements = "\x70\x00\x03", []string{"\x00\x41\x00\x0b\x01\x01"} // alloc
			m.bodies[0] = body
		}, Limits{})
		if !errors.Is(err, ErrTrap) || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q and %v", err, text, ErrTrap)
		}
	}
	_, err := tinyCall(t, e, func(m *tiny) { m.bodies[0] = big + "\xa8\x1a" }, Limits{})
	if !errors.Is(err, ErrTrap) {
		t.Errorf("conversion of infinity: got %v, want %v", err, ErrTrap)
	}
}

func TestGuestFaultsAndLocalFaults(t *testing.T) {
	t.Parallel()
	e := engine(t, Config{CacheDir: compiled})
	log := name("rampart_1") + name("log") + "\x00\x03"
	withLog := func(body string) func(*tiny) {
		return func(m *tiny) {
			m.types = append(m.types, "\x60\x03\x7f\x7f\x7f\x00")
			m.imports = []string{log}
			for i := range 3 {
				m.exports[i] = m.exports[i][:len(m.exports[i])-1] + string(rune(i+1))
			}
			m.bodies[0] = body
		}
	}
	grow := func(pages int) func(*tiny) { // traps unless memory.grow answers -1
		return func(m *tiny) { m.bodies[0] = "\x41" + leb(pages) + "\x40\x00\x41\x7f\x47\x04\x40\x00\x0b" }
	}
	for name, c := range map[string]struct {
		change func(*tiny)
		want   error // nil: the echo
	}{
		"echo":                  {func(m *tiny) {}, nil},
		"alloc outside memory":  {func(m *tiny) { m.bodies[1] = "\x41\x7f" }, ErrAllocOutOfBounds},
		"alloc at the edge":     {func(m *tiny) { m.bodies[1] = "\x41" + string([]byte{0xf7, 0xff, 0x03}) }, ErrAllocOutOfBounds},
		"refused":               {func(m *tiny) { m.bodies[2] = "\x42\x00" }, ErrRefused},
		"result outside memory": {func(m *tiny) { m.bodies[2] = "\x41\x10\xad\x42\x80\x80\x10\x42\x20\x86\x84" }, ErrResultBounds}, // 256 KiB at 16
		"result far too large":  {func(m *tiny) { m.bodies[2] = "\x42\x7f" }, ErrResultTooLarge},
		"host pointer":          {withLog("\x41\x00\x41\x7f\x41\x01\x10\x00"), ErrHostPointer},
		"host length":           {withLog("\x41\x00\x41\x00\x41\x7f\x10\x00"), ErrHostPointer},
		"host pointer in range": {withLog("\x41\x00\x41\x00\x41\x05\x10\x00"), nil},
		"grow above the cap":    {grow(16), nil},
		"grow within the cap":   {grow(15), ErrTrap},
		"recursion":             {func(m *tiny) { m.bodies[0] = "\x10\x00" }, ErrEngineStack},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tinyCall(t, e, c.change, Limits{MemoryPages: 16})
			if c.want == nil && (err != nil || string(got) != "parameters") {
				t.Errorf("got %q, %v; want the echo", got, err)
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			var r Reason
			if c.want != nil && IsInvalid(err) != errors.As(c.want, &r) {
				t.Errorf("IsInvalid(%v) = %v", err, IsInvalid(err))
			}
		})
	}
	_, err := tinyCall(t, e, func(m *tiny) { m.memory = "\x00\x11" }, Limits{MemoryPages: 16})
	if !errors.Is(err, ErrMemoryTooLarge) {
		t.Errorf("initial memory above the call's limit: got %v, want %v", err, ErrMemoryTooLarge)
	}
}

// TestCrypto: a guest gets the reference results from the host functions.
func TestCrypto(t *testing.T) {
	t.Parallel()
	a := artifact(t, engine(t, Config{CacheDir: compiled}), guests["crypto"])
	raw, err := os.ReadFile("../../relay/crypto/testdata/vectors/guest.json")
	if err != nil {
		t.Fatal(err)
	}
	type signed struct {
		Name, Message, Public, Signature string
		Valid                            bool
	}
	var vectors struct {
		Hash             []map[string]string
		Sr25519, Ed25519 []signed
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	ask := func(function string, data []byte) string {
		t.Helper()
		got, err := a.Execute(append([]byte(function+"\x00"), data...), Limits{})
		if err != nil {
			t.Fatalf("%s: %v", function, err)
		}
		return hex.EncodeToString(got)
	}
	if testing.Short() { // a call takes 5 ms
		vectors.Hash, vectors.Sr25519, vectors.Ed25519 = vectors.Hash[:3], vectors.Sr25519[:5], vectors.Ed25519[:5]
	}
	for _, v := range vectors.Hash {
		for _, function := range []string{"blake2b_256", "blake2b_128", "twox_64", "twox_128", "keccak_256"} {
			if got := ask(function, unhex(t, v["data"])); got != v[function] {
				t.Errorf("%s(%s) = %s, want %s", function, v["data"], got, v[function])
			}
		}
	}
	for function, list := range map[string][]signed{"sr25519": vectors.Sr25519, "ed25519": vectors.Ed25519} {
		if len(list) == 0 {
			t.Errorf("no vectors for %s", function)
		}
		for _, v := range list {
			want := map[bool]string{true: "01", false: "00"}[v.Valid]
			if got := ask(function, unhex(t, v.Signature+v.Public+v.Message)); got != want {
				t.Errorf("%s, %s: got %s, want %s", function, v.Name, got, want)
			}
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for _, r := range reasons {
		if got, ok := ParseReason(string(r)); !ok || got != r {
			t.Errorf("ParseReason(%q) = %q, %v", string(r), got, ok)
		}
	}
	if _, ok := ParseReason("made up"); ok {
		t.Error("ParseReason accepted an unknown reason")
	}
	if IsInvalid(nil) || IsInvalid(ErrEngineStack) || !IsInvalid(ErrTrap) {
		t.Error("IsInvalid confuses the families")
	}
}
