package pvf

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// Names of the two modules a guest may import from.
const (
	hostModule = "rampart_1"
	wasiModule = "wasi_snapshot_preview1"
)

// hostFunction is one function a guest may import.
type hostFunction struct {
	signature
	// run reads its arguments from stack and leaves its result in stack[0].
	run func(c *call, mem memory, stack []uint64)
}

// hostFunctions is the one table of imports, by "module.name": Check admits what
// is in it and the engine offers exactly that.
var hostFunctions = func() map[string]hostFunction {
	t := map[string]hostFunction{
		hostModule + ".blake2b_256":    {"iii", digest(func(b []byte) []byte { d := hash.Blake2b256(b); return d[:] })},
		hostModule + ".blake2b_128":    {"iii", digest(func(b []byte) []byte { d := hash.Blake2b128(b); return d[:] })},
		hostModule + ".twox_64":        {"iii", digest(func(b []byte) []byte { d := hash.Twox64(b); return d[:] })},
		hostModule + ".twox_128":       {"iii", digest(func(b []byte) []byte { d := hash.Twox128(b); return d[:] })},
		hostModule + ".keccak_256":     {"iii", digest(func(b []byte) []byte { d := hash.Keccak256(b); return d[:] })},
		hostModule + ".sr25519_verify": {"iiii>i", verify(sr25519.Verify)},
		hostModule + ".ed25519_verify": {"iiii>i", verify(ed25519.Verify)},
		hostModule + ".log":            {"iii", log},
	}
	for name, f := range wasiFunctions() {
		t[wasiModule+"."+name] = f
	}
	return t
}()

// instantiateHost offers every host function to the modules of r.
func instantiateHost(ctx context.Context, r wazero.Runtime) error {
	builders := map[string]wazero.HostModuleBuilder{
		hostModule: r.NewHostModuleBuilder(hostModule),
		wasiModule: r.NewHostModuleBuilder(wasiModule),
	}
	for _, key := range slices.Sorted(maps.Keys(hostFunctions)) {
		f := hostFunctions[key]
		from, name, _ := strings.Cut(key, ".")
		params, results := f.valueTypes()
		run := func(ctx context.Context, mod api.Module, stack []uint64) {
			f.run(ctx.Value(callKey{}).(*call), memory{mod.Memory()}, stack)
		}
		builders[from].NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(run), params, results).
			Export(name)
	}
	for _, name := range []string{hostModule, wasiModule} {
		if _, err := builders[name].Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

// valueTypes spells the signature out for wazero.
func (s signature) valueTypes() (params, results []api.ValueType) {
	types := map[rune]api.ValueType{
		'i': api.ValueTypeI32, 'I': api.ValueTypeI64, 'f': api.ValueTypeF32, 'F': api.ValueTypeF64,
	}
	in, out, _ := strings.Cut(string(s), ">")
	for _, c := range in {
		params = append(params, types[c])
	}
	for _, c := range out {
		results = append(results, types[c])
	}
	return params, results
}

// memory is the guest's memory as host functions see it. Every range is checked;
// one that lies outside ends the call with ErrHostPointer. wazero hands the panic
// back as the error of the guest call.
type memory struct {
	api.Memory
}

// view returns n bytes at ptr in place. It is valid until the guest runs again.
func (m memory) view(ptr, n uint64) []byte {
	b, ok := m.Read(uint32(ptr), uint32(n))
	if !ok {
		panic(ErrHostPointer)
	}
	return b
}

func (m memory) putU32(ptr uint64, v uint32) {
	binary.LittleEndian.PutUint32(m.view(ptr, 4), v)
}

func (m memory) putU64(ptr uint64, v uint64) {
	binary.LittleEndian.PutUint64(m.view(ptr, 8), v)
}

// digest makes a host function (ptr, len, out) of a hash. out may overlap the input.
func digest(sum func([]byte) []byte) func(*call, memory, []uint64) {
	return func(_ *call, mem memory, s []uint64) {
		d := sum(mem.view(s[0], s[1]))
		copy(mem.view(s[2], uint64(len(d))), d)
	}
}

// verify makes a host function (sig, msg, len, pub) → 1 | 0 of a signature check.
// Signatures are 64 bytes, public keys 32.
func verify[P ~[32]byte, S ~[64]byte](check func(pub P, msg []byte, sig S) bool) func(*call, memory, []uint64) {
	return func(_ *call, mem memory, s []uint64) {
		sig, msg, pub := mem.view(s[0], 64), mem.view(s[1], s[2]), mem.view(s[3], 32)
		s[0] = 0
		if check(P(pub), msg, S(sig)) {
			s[0] = 1
		}
	}
}

// log is rampart_1.log (level, ptr, len).
func log(c *call, mem memory, s []uint64) {
	c.log.line(Level(min(uint32(s[0]), uint32(LevelTrace))), mem.view(s[1], s[2]))
}
