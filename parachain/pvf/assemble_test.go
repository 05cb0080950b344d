package pvf

// tiny is a module put together by hand, as small as guest ABI 1 allows. Tests
// change one part of it.
type tiny struct {
	types     []string // function types, encoded
	imports   []string // imports, encoded
	functions []byte   // type indices
	table     string
	memory    string
	globals   []string
	exports   []string
	start     string
	elements  []string
	bodies    []string // instructions without locals and end
	data      []string
	extra     string // appended as it is
}

const (
	typeNone     = "\x60\x00\x00"             // 0: () → ()
	typeAlloc    = "\x60\x01\x7f\x01\x7f"     // 1: (i32) → i32
	typeValidate = "\x60\x02\x7f\x7f\x01\x7e" // 2: (i32, i32) → i64
)

// validBody returns the parameters as the result: ptr | len << 32.
const validBody = "\x20\x00\xad\x20\x01\xad\x42\x20\x86\x84"

// valid returns a module that Check accepts and that echoes its parameters, which
// alloc places at 16.
func valid() tiny {
	return tiny{
		types:     []string{typeNone, typeAlloc, typeValidate},
		functions: []byte{0, 1, 2},
		memory:    "\x00\x01",
		exports: []string{
			name("_initialize") + "\x00\x00",
			name("alloc") + "\x00\x01",
			name("validate_block") + "\x00\x02",
			name("memory") + "\x02\x00",
		},
		bodies: []string{"", "\x41\x10", validBody},
	}
}

func name(s string) string { return string(rune(len(s))) + s }

func leb(n int) string {
	var b []byte
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return string(append(b, byte(n)))
}

func section(id byte, body string) string { return string(id) + leb(len(body)) + body }

func vector(id byte, items []string) string {
	if len(items) == 0 {
		return ""
	}
	body := leb(len(items))
	for _, s := range items {
		body += s
	}
	return section(id, body)
}

func (m tiny) encode() []byte {
	s := "\x00asm\x01\x00\x00\x00"
	s += vector(1, m.types) + vector(2, m.imports)
	s += section(3, leb(len(m.functions))+string(m.functions))
	if m.table != "" {
		s += section(4, "\x01"+m.table)
	}
	if m.memory != "" {
		s += section(5, "\x01"+m.memory)
	}
	s += vector(6, m.globals) + vector(7, m.exports)
	if m.start != "" {
		s += section(8, m.start)
	}
	s += vector(9, m.elements)
	bodies := make([]string, len(m.bodies))
	for i, b := range m.bodies {
		bodies[i] = leb(len(b)+2) + "\x00" + b + "\x0b"
	}
	s += vector(10, bodies) + vector(11, m.data)
	return []byte(s + m.extra)
}
