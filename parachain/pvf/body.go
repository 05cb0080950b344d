package pvf

import "fmt"

// Opcodes that are named here; see wasm binary format 5.4.
const (
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opPrefixFC     = 0xfc
	opMemoryCopy   = 10 // after the prefix
	opMemoryFill   = 11
)

// immediate says what follows an opcode.
type immediate byte

const (
	immRefused      immediate = iota // not an allowed instruction
	immNone                          // nothing
	immBlock                         // block type; opens a block
	immEnd                           // closes a block
	immIndex                         // one u32
	immBranchTable                   // vector of u32, one u32
	immCallIndirect                  // type index, table 0
	immMemory                        // alignment, offset
	immMemoryIndex                   // memory 0
	immI32                           // signed 32-bit number
	immI64                           // signed 64-bit number
	immF32                           // 4 bytes
	immF64                           // 8 bytes
	immFC                            // prefixed instruction
)

// immediates is indexed by opcode: wasm 1.0 and sign extension.
var immediates = func() (t [256]immediate) {
	fill := func(from, to int, k immediate) {
		for op := from; op <= to; op++ {
			t[op] = k
		}
	}
	fill(0x00, 0x01, immNone) // unreachable, nop
	fill(opBlock, opIf, immBlock)
	t[opElse] = immNone
	t[opEnd] = immEnd
	fill(opBr, opBrIf, immIndex)
	t[opBrTable] = immBranchTable
	t[opReturn] = immNone
	t[opCall] = immIndex
	t[opCallIndirect] = immCallIndirect
	fill(0x1a, 0x1b, immNone)  // drop, select
	fill(0x20, 0x24, immIndex) // local.*, global.*
	fill(0x28, 0x3e, immMemory)
	fill(0x3f, 0x40, immMemoryIndex)
	t[opI32Const] = immI32
	t[opI64Const] = immI64
	t[opF32Const] = immF32
	t[opF64Const] = immF64
	fill(0x45, 0xc4, immNone) // comparisons, arithmetic, conversions, sign extension
	t[opPrefixFC] = immFC
	return t
}()

// bodyDef reads one function body: locals within their limit, known instructions
// only, blocks balanced and not too deep. It does not type-check.
func (m *module) bodyDef(r *reader) error {
	size, err := r.u32()
	if err != nil {
		return err
	}
	b, err := r.take(size)
	if err != nil {
		return err
	}
	m.bodies++
	body := reader{b}
	if err := locals(&body); err != nil {
		return err
	}
	depth, branching := 1, uint64(0)
	for depth > 0 {
		op, err := body.byte()
		if err != nil {
			return err
		}
		if op >= opBlock && op <= opReturn {
			branching++
		}
		switch immediates[op] {
		case immBlock:
			depth++
			err = blockType(&body)
		case immEnd:
			depth--
		case immBranchTable:
			n := uint32(0)
			n, err = skipBranchTable(&body)
			branching += uint64(n) / 8
		default:
			err = skipImmediate(&body, op)
		}
		if err != nil {
			return fmt.Errorf("opcode %#x: %w", op, err)
		}
		if depth > maxBlockDepth {
			return fmt.Errorf("blocks nest deeper than %d: %w", maxBlockDepth, ErrTooComplex)
		}
	}
	if m.branching += branching * branching; m.branching > maxBranching {
		return fmt.Errorf("sum of squared branches above %d: %w", uint64(maxBranching), ErrTooComplex)
	}
	return body.end()
}

func locals(r *reader) error {
	groups, err := r.count(maxLocals, "groups of locals")
	if err != nil {
		return err
	}
	total := uint64(0)
	for range groups {
		n, err := r.u32()
		if err != nil {
			return err
		}
		if total += uint64(n); total > maxLocals {
			return fmt.Errorf("%d locals: %w", total, ErrTooComplex)
		}
		c, err := r.byte()
		if err != nil {
			return err
		}
		if _, err := valueType(c); err != nil {
			return err
		}
	}
	return nil
}

// blockType accepts no result or one number; type indices belong to multi-value.
func blockType(r *reader) error {
	c, err := r.byte()
	if err != nil || c == 0x40 {
		return err
	}
	_, err = valueType(c)
	return err
}

func skipImmediate(r *reader, op byte) error {
	var err error
	switch immediates[op] {
	case immNone:
	case immIndex:
		_, err = r.u32()
	case immCallIndirect:
		if _, err = r.u32(); err == nil {
			err = zero(r)
		}
	case immMemory:
		if _, err = r.u32(); err == nil {
			_, err = r.u32()
		}
	case immMemoryIndex:
		err = zero(r)
	case immI32:
		err = r.skipSigned(32)
	case immI64:
		err = r.skipSigned(64)
	case immF32:
		_, err = r.take(4)
	case immF64:
		_, err = r.take(8)
	case immFC:
		err = skipPrefixed(r)
	default:
		err = ErrUnsupported
	}
	return err
}

// skipBranchTable returns the number of targets.
func skipBranchTable(r *reader) (uint32, error) {
	n, err := r.count(maxBranchTable, "branch targets")
	for i := uint32(0); err == nil && i <= n; i++ {
		_, err = r.u32()
	}
	return n, err
}

// skipPrefixed allows saturating conversions, memory.copy and memory.fill. What
// writes tables or drops segments is refused: such changes could not be undone
// without a new instance.
func skipPrefixed(r *reader) error {
	op, err := r.u32()
	switch {
	case err != nil:
		return err
	case op <= 7:
		return nil
	case op == opMemoryCopy:
		if err := zero(r); err != nil {
			return err
		}
		return zero(r)
	case op == opMemoryFill:
		return zero(r)
	}
	return fmt.Errorf("instruction 0xfc %d: %w", op, ErrUnsupported)
}

// zero reads the reserved byte that names the only table or memory.
func zero(r *reader) error {
	c, err := r.byte()
	if err == nil && c != 0 {
		err = fmt.Errorf("index %d: %w", c, ErrUnsupported)
	}
	return err
}
