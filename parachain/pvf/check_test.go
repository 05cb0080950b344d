package pvf

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	for name, code := range guests {
		if err := Check(code, Limits{}); err != nil {
			t.Errorf("guest %s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*tiny){
		"smallest":       func(m *tiny) {},
		"custom section": func(m *tiny) { m.extra = section(0, name("name")+"anything") },
		"imports": func(m *tiny) {
			m.types = append(m.types, "\x60\x03\x7f\x7f\x7f\x00")
			m.imports = []string{name("rampart_1") + name("blake2b_256") + "\x00\x03"}
			for i := range 3 { // functions move up by one
				m.exports[i] = m.exports[i][:len(m.exports[i])-1] + string(rune(i+1))
			}
		},
		"memory.copy":       func(m *tiny) { m.bodies[0] = "\x41\x00\x41\x00\x41\x00\xfc\x0a\x00\x00" },
		"at the page limit": func(m *tiny) { m.memory = "\x00" + leb(2080) },
	} {
		m := valid()
		change(&m)
		if err := Check(m.encode(), Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*tiny)
		want   Reason
	}{
		"unknown module": {func(m *tiny) { m.imports = []string{name("env") + name("log") + "\x00\x00"} }, ErrUnknownImport},
		"unknown function": {func(m *tiny) {
			m.imports = []string{name("rampart_1") + name("sha256") + "\x00\x00"}
		}, ErrUnknownImport},
		"imported memory": {func(m *tiny) {
			m.imports = []string{name("rampart_1") + name("memory") + "\x02\x00\x01"}
		}, ErrUnknownImport},
		"import of the wrong type": {func(m *tiny) {
			m.imports = []string{name("rampart_1") + name("log") + "\x00\x00"}
		}, ErrImportSignature},
		"start section":         {func(m *tiny) { m.start = "\x00" }, ErrStartSection},
		"no _initialize":        {func(m *tiny) { m.exports = m.exports[1:] }, ErrMissingExport},
		"no alloc":              {func(m *tiny) { m.exports = slices.Delete(m.exports, 1, 2) }, ErrMissingExport},
		"no validate_block":     {func(m *tiny) { m.exports = slices.Delete(m.exports, 2, 3) }, ErrMissingExport},
		"no memory export":      {func(m *tiny) { m.exports = m.exports[:3] }, ErrMissingExport},
		"no memory":             {func(m *tiny) { m.memory = "" }, ErrMissingExport},
		"alloc of another type": {func(m *tiny) { m.exports[1] = name("alloc") + "\x00\x00" }, ErrExportSignature},
		"alloc is a memory":     {func(m *tiny) { m.exports[1] = name("alloc") + "\x02\x00" }, ErrExportSignature},
		"memory is a function":  {func(m *tiny) { m.exports[3] = name("memory") + "\x00\x00" }, ErrExportSignature},
		"export out of range":   {func(m *tiny) { m.exports[1] = name("alloc") + "\x00\x09" }, ErrMalformed},
		"export twice":          {func(m *tiny) { m.exports = append(m.exports, m.exports[1]) }, ErrMalformed},
		"memory above the cap":  {func(m *tiny) { m.memory = "\x00" + leb(2081) }, ErrMemoryTooLarge},
		"huge memory":           {func(m *tiny) { m.memory = "\x00" + leb(65536) }, ErrMemoryTooLarge},
		"shared memory":         {func(m *tiny) { m.memory = "\x03\x01\x02" }, ErrUnsupported},
		"memory maximum small":  {func(m *tiny) { m.memory = "\x01\x02\x01" }, ErrMalformed},
		"huge table":            {func(m *tiny) { m.table = "\x70\x00" + leb(1<<31) }, ErrTooComplex},
		"externref table":       {func(m *tiny) { m.table = "\x6f\x00\x01" }, ErrUnsupported},
		"two results":           {func(m *tiny) { m.types[0] = "\x60\x00\x02\x7f\x7f" }, ErrUnsupported},
		"vector type":           {func(m *tiny) { m.types[0] = "\x60\x01\x7b\x00" }, ErrUnsupported},
		"vector instruction":    {func(m *tiny) { m.bodies[0] = "\xfd\x0c" }, ErrUnsupported},
		"tail call":             {func(m *tiny) { m.bodies[0] = "\x12\x00" }, ErrUnsupported},
		"atomic":                {func(m *tiny) { m.bodies[0] = "\xfe\x03\x00" }, ErrUnsupported},
		"table.grow":            {func(m *tiny) { m.bodies[0] = "\xd0\x70\x41\x01\xfc\x0f\x00\x1a" }, ErrUnsupported},
		"memory.init":           {func(m *tiny) { m.bodies[0] = "\xfc\x08\x00\x00" }, ErrUnsupported},
		"block of a type index": {func(m *tiny) { m.bodies[0] = "\x02\x00\x0b" }, ErrUnsupported},
		"deep blocks":           {func(m *tiny) { m.bodies[0] = strings.Repeat("\x02\x40", 20000) + strings.Repeat("\x0b", 20000) }, ErrTooComplex},
		"huge branch table":     {func(m *tiny) { m.bodies[0] = "\x41\x00\x0e" + leb(100000) + strings.Repeat("\x00", 100001) }, ErrTooComplex},
		"compile bomb":          {func(m *tiny) { m.bodies[0] = strings.Repeat("\x41\x00\x04\x40\x0b", 12000) }, ErrTooComplex},
		"open block":            {func(m *tiny) { m.bodies[0] = "\x02\x40" }, ErrMalformed},
		"body goes on":          {func(m *tiny) { m.bodies[0] = "\x0b\x01" }, ErrMalformed},
		"body without function": {func(m *tiny) { m.bodies = append(m.bodies, "") }, ErrMalformed},
		"function of no type":   {func(m *tiny) { m.functions[0] = 9 }, ErrMalformed},
		"global by global":      {func(m *tiny) { m.globals = []string{"\x7f\x00\x23\x00\x0b"} }, ErrMalformed},
		"unknown section":       {func(m *tiny) { m.extra = section(13, "\x00") }, ErrUnsupported},
		"section twice":         {func(m *tiny) { m.extra = section(3, "\x00") }, ErrMalformed},
		"section beyond end":    {func(m *tiny) { m.extra = "\x00\x7f" }, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			m := valid()
			c.change(&m)
			if err := Check(m.encode(), Limits{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestCheckBytes(t *testing.T) {
	t.Parallel()
	code := valid().encode()
	if err := Check(code, Limits{CodeBytes: len(code) - 1}); !errors.Is(err, ErrCodeTooLarge) {
		t.Errorf("one byte above the limit: got %v, want %v", err, ErrCodeTooLarge)
	}
	if err := Check(code, Limits{CodeBytes: len(code)}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	for name, b := range map[string][]byte{
		"nothing":    nil,
		"text":       []byte("package main"),
		"component":  []byte("\x00asm\x0d\x00\x01\x00"),
		"compressed": {0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05, 0},
	} {
		if err := Check(b, Limits{}); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want %v", name, err, ErrMalformed)
		}
	}
	for n := range code { // no prefix of a module is a module with all exports
		if err := Check(code[:n], Limits{}); err == nil || !IsInvalid(err) {
			t.Errorf("first %d bytes: got %v, want a Reason", n, err)
		}
	}
}

func TestLEB128(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]uint32{
		"\x00": 0, "\x7f": 127, "\x80\x01": 128, "\x80\x00": 0,
		"\xff\xff\xff\xff\x0f": 1<<32 - 1,
	} {
		r := reader{[]byte(in)}
		if got, err := r.u32(); err != nil || got != want || len(r.b) != 0 {
			t.Errorf("u32(%x) = %d, %v, %d left; want %d", in, got, err, len(r.b), want)
		}
	}
	for _, in := range []string{"", "\x80", "\xff\xff\xff\xff\x10", "\x80\x80\x80\x80\x80\x00"} {
		r := reader{[]byte(in)}
		if got, err := r.u32(); !IsInvalid(err) {
			t.Errorf("u32(%x) = %d, %v; want a Reason", in, got, err)
		}
	}
	signed := map[string][2]bool{ // accepted with 32 and with 64 bits
		"\x40":                 {true, true},
		"\x80\x80\x80\x80\x78": {true, true},
		"\xff\xff\xff\xff\x07": {true, true},
		"\xff\xff\xff\xff\x0f": {false, true},
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f": {false, true},
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01": {false, false},
		"\x80": {false, false},
	}
	for in, want := range signed {
		for i, bits := range []int{32, 64} {
			r := reader{[]byte(in)}
			if got := r.skipSigned(bits) == nil; got != want[i] {
				t.Errorf("skipSigned(%d) of %x: accepted %v, want %v", bits, in, got, want[i])
			}
		}
	}
}

// FuzzCheck: Check never panics, every refusal is a Reason, and what it accepts the
// engine either accepts too or refuses as invalid, never as a local fault.
func FuzzCheck(f *testing.F) {
	f.Add(valid().encode())
	m := valid()
	m.table, m.elements, m.data = "\x70\x00\x03", []string{"\x00\x41\x00\x0b\x01\x00"}, []string{"\x00\x41\x00\x0b\x01x"}
	m.globals = []string{"\x7f\x01\x41\x00\x0b"}
	f.Add(m.encode())
	e := engine(f, Config{Limits: Limits{CodeBytes: 1 << 16, MemoryPages: 16}})
	f.Fuzz(func(t *testing.T, code []byte) {
		before := bytes.Clone(code)
		if err := Check(code, e.config.Limits); err != nil {
			if !IsInvalid(err) {
				t.Fatalf("refused without a Reason: %v", err)
			}
			return
		}
		a, err := e.Prepare(code)
		if err == nil {
			err = a.Close()
		}
		if err != nil && !IsInvalid(err) {
			t.Fatalf("accepted, then a local fault: %v", err)
		}
		if !bytes.Equal(code, before) {
			t.Fatal("code was changed")
		}
	})
}
