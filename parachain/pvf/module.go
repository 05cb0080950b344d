package pvf

import "fmt"

// signature is a function type in short: a letter per parameter, then '>' and a
// letter if there is a result; i, I, f, F are i32, i64, f32, f64. "" is () → ().
type signature string

// module holds what Check looks at; everything else is read over.
type module struct {
	types       []signature
	imports     []importedFunction
	functions   []uint32 // type index per defined function
	exports     map[string]export
	bodies      int
	branching   uint64 // see maxBranching
	tables      int
	memories    int
	memoryPages uint32 // initial size
}

type importedFunction struct {
	module, name string
	typeIndex    uint32
}

type export struct {
	kind  byte
	index uint32
}

// Kinds of imports and exports, wasm binary format 5.5.5.
const (
	kindFunction = iota
	kindTable
	kindMemory
	kindGlobal
)

// Names of the exports of guest ABI 1.
const (
	exportInitialize    = "_initialize"
	exportMemory        = "memory"
	exportAlloc         = "alloc"
	exportValidateBlock = "validate_block"
)

// functionType returns the type index of a function in the common index space:
// imported functions first.
func (m *module) functionType(index uint32) (uint32, bool) {
	if uint64(index) < uint64(len(m.imports)) {
		return m.imports[index].typeIndex, true
	}
	index -= uint32(len(m.imports))
	if uint64(index) < uint64(len(m.functions)) {
		return m.functions[index], true
	}
	return 0, false
}

func (m *module) section(id byte, r reader) error {
	switch id {
	case sectionType:
		return m.vector(&r, maxTypes, "types", m.functionTypeDef)
	case sectionImport:
		return m.vector(&r, maxImports, "imports", m.importDef)
	case sectionFunction:
		return m.vector(&r, maxFunctions, "functions", m.functionDef)
	case sectionTable:
		return m.vector(&r, 1, "tables", m.tableDef)
	case sectionMemory:
		return m.vector(&r, 1, "memories", m.memoryDef)
	case sectionGlobal:
		return m.vector(&r, maxGlobals, "globals", m.globalDef)
	case sectionExport:
		m.exports = make(map[string]export)
		return m.vector(&r, maxExports, "exports", m.exportDef)
	case sectionStart:
		return ErrStartSection
	case sectionCode:
		return m.vector(&r, maxFunctions, "bodies", m.bodyDef)
	case sectionElement, sectionData:
		_, err := r.count(maxSegments, "segments")
		return err // contents are left to the engine
	default: // data count
		if _, err := r.u32(); err != nil {
			return err
		}
		return r.end()
	}
}

// vector reads a vector that fills r, one element per call of def.
func (m *module) vector(r *reader, limit uint32, what string, def func(*reader) error) error {
	n, err := r.count(limit, what)
	if err != nil {
		return err
	}
	for i := range n {
		if err := def(r); err != nil {
			return fmt.Errorf("%s[%d]: %w", what, i, err)
		}
	}
	return r.end()
}

// valueType returns the signature letter of a number type.
func valueType(c byte) (byte, error) {
	switch c {
	case 0x7f:
		return 'i', nil
	case 0x7e:
		return 'I', nil
	case 0x7d:
		return 'f', nil
	case 0x7c:
		return 'F', nil
	}
	return 0, fmt.Errorf("value type %#x: %w", c, ErrUnsupported)
}

func (m *module) functionTypeDef(r *reader) error {
	form, err := r.byte()
	if err != nil {
		return err
	}
	if form != 0x60 {
		return fmt.Errorf("type form %#x: %w", form, ErrUnsupported)
	}
	var sig []byte
	for results := range 2 {
		n, err := r.count(maxParameters, "parameters")
		if err != nil {
			return err
		}
		if results == 1 && n > 0 {
			if n > 1 {
				return fmt.Errorf("%d results: %w", n, ErrUnsupported)
			}
			sig = append(sig, '>')
		}
		for range n {
			c, err := r.byte()
			if err != nil {
				return err
			}
			letter, err := valueType(c)
			if err != nil {
				return err
			}
			sig = append(sig, letter)
		}
	}
	m.types = append(m.types, signature(sig))
	return nil
}

func (m *module) typeIndex(r *reader) (uint32, error) {
	t, err := r.u32()
	if err != nil {
		return 0, err
	}
	if uint64(t) >= uint64(len(m.types)) {
		return 0, fmt.Errorf("type index %d: %w", t, ErrMalformed)
	}
	return t, nil
}

func (m *module) importDef(r *reader) error {
	from, err := r.name()
	if err != nil {
		return err
	}
	name, err := r.name()
	if err != nil {
		return err
	}
	kind, err := r.byte()
	if err != nil {
		return err
	}
	if kind != kindFunction {
		return fmt.Errorf("%q.%q is no function: %w", from, name, ErrUnknownImport)
	}
	t, err := m.typeIndex(r)
	if err != nil {
		return err
	}
	m.imports = append(m.imports, importedFunction{from, name, t})
	return nil
}

func (m *module) functionDef(r *reader) error {
	t, err := m.typeIndex(r)
	if err != nil {
		return err
	}
	m.functions = append(m.functions, t)
	return nil
}

// bounds reads the limits of a table or memory and returns the initial size.
func bounds(r *reader) (uint32, error) {
	flags, err := r.byte()
	if err != nil {
		return 0, err
	}
	if flags > 1 { // shared or 64-bit
		return 0, fmt.Errorf("limits %#x: %w", flags, ErrUnsupported)
	}
	initial, err := r.u32()
	if err != nil || flags == 0 {
		return initial, err
	}
	most, err := r.u32()
	if err == nil && most < initial {
		err = fmt.Errorf("maximum %d below initial %d: %w", most, initial, ErrMalformed)
	}
	return initial, err
}

func (m *module) tableDef(r *reader) error {
	kind, err := r.byte()
	if err != nil {
		return err
	}
	if kind != 0x70 { // funcref
		return fmt.Errorf("table of %#x: %w", kind, ErrUnsupported)
	}
	n, err := bounds(r)
	if err != nil {
		return err
	}
	if n > maxTableEntries {
		return fmt.Errorf("table of %d entries: %w", n, ErrTooComplex)
	}
	m.tables++
	return nil
}

func (m *module) memoryDef(r *reader) error {
	var err error
	m.memories++
	m.memoryPages, err = bounds(r)
	return err
}

// globalDef reads a global whose initial value must be a constant; with no
// imported globals wasm 1.0 allows nothing else.
func (m *module) globalDef(r *reader) error {
	c, err := r.byte()
	if err != nil {
		return err
	}
	kind, err := valueType(c)
	if err != nil {
		return err
	}
	mutable, err := r.byte()
	if err != nil {
		return err
	}
	if mutable > 1 {
		return fmt.Errorf("mutability %#x: %w", mutable, ErrMalformed)
	}
	op, err := r.byte()
	if err != nil {
		return err
	}
	var wantOp byte
	switch kind {
	case 'i':
		wantOp, err = opI32Const, r.skipSigned(32)
	case 'I':
		wantOp, err = opI64Const, r.skipSigned(64)
	case 'f':
		wantOp = opF32Const
		_, err = r.take(4)
	default:
		wantOp = opF64Const
		_, err = r.take(8)
	}
	if err != nil {
		return err
	}
	end, err := r.byte()
	if err != nil {
		return err
	}
	if op != wantOp || end != opEnd {
		return fmt.Errorf("initial value: %w", ErrMalformed)
	}
	return nil
}

func (m *module) exportDef(r *reader) error {
	name, err := r.name()
	if err != nil {
		return err
	}
	kind, err := r.byte()
	if err != nil {
		return err
	}
	index, err := r.u32()
	if err != nil {
		return err
	}
	if _, twice := m.exports[name]; twice {
		return fmt.Errorf("%q exported twice: %w", name, ErrMalformed)
	}
	m.exports[name] = export{kind, index}
	return nil
}
