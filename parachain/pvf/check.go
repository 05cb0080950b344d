package pvf

import (
	"bytes"
	"fmt"
)

// Check returns nil if code may be registered as a validation function under
// limits, else an error that wraps a Reason. Nothing is compiled or executed.
//
// It requires: the size limit; a well-formed wasm 1.0 module with sign extension,
// saturating conversion, memory.copy and memory.fill, and no other extension;
// functions imported from rampart_1 and wasi_snapshot_preview1 only, each with its
// right signature; the exports of guest ABI 1; one memory of its own, whose initial
// size is within limits.MemoryPages; no start section; the structural limits of
// this package. Types inside function bodies are left to Prepare.
func Check(code []byte, limits Limits) error {
	_, err := check(code, limits.WithDefaults())
	return err
}

func check(code []byte, limits Limits) (*module, error) {
	if len(code) > limits.CodeBytes {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", len(code), limits.CodeBytes, ErrCodeTooLarge)
	}
	m, err := parse(code)
	if err != nil {
		return nil, err
	}
	if err := m.checkImports(); err != nil {
		return nil, err
	}
	if err := m.checkExports(); err != nil {
		return nil, err
	}
	if m.memoryPages > limits.MemoryPages {
		return nil, fmt.Errorf("%d pages, at most %d: %w", m.memoryPages, limits.MemoryPages, ErrMemoryTooLarge)
	}
	return m, nil
}

// isWasm is what every version 1 module starts with.
var isWasm = []byte("\x00asm\x01\x00\x00\x00")

// Section ids of the wasm binary format, section 5.5.2.
const (
	sectionCustom = iota
	sectionType
	sectionImport
	sectionFunction
	sectionTable
	sectionMemory
	sectionGlobal
	sectionExport
	sectionStart
	sectionElement
	sectionCode
	sectionData
	sectionDataCount
)

// sectionOrder is the place of each section id; data count stands before code.
var sectionOrder = [...]int{
	sectionType: 1, sectionImport: 2, sectionFunction: 3, sectionTable: 4, sectionMemory: 5,
	sectionGlobal: 6, sectionExport: 7, sectionStart: 8, sectionElement: 9,
	sectionDataCount: 10, sectionCode: 11, sectionData: 12,
}

func parse(code []byte) (*module, error) {
	rest, ok := bytes.CutPrefix(code, isWasm)
	if !ok {
		return nil, fmt.Errorf("header: %w", ErrMalformed)
	}
	m := &module{}
	r := reader{rest}
	last := 0
	for len(r.b) > 0 {
		id, err := r.byte()
		if err != nil {
			return nil, err
		}
		size, err := r.u32()
		if err != nil {
			return nil, err
		}
		body, err := r.take(size)
		if err != nil {
			return nil, err
		}
		if id == sectionCustom {
			continue
		}
		if int(id) >= len(sectionOrder) {
			return nil, fmt.Errorf("section %d: %w", id, ErrUnsupported)
		}
		if sectionOrder[id] <= last {
			return nil, fmt.Errorf("section %d out of order: %w", id, ErrMalformed)
		}
		last = sectionOrder[id]
		if err := m.section(id, reader{body}); err != nil {
			return nil, fmt.Errorf("section %d: %w", id, err)
		}
	}
	if len(m.functions) != m.bodies {
		return nil, fmt.Errorf("%d functions, %d bodies: %w", len(m.functions), m.bodies, ErrMalformed)
	}
	return m, nil
}

func (m *module) checkImports() error {
	for _, im := range m.imports {
		h, ok := hostFunctions[im.module+"."+im.name]
		if !ok {
			return fmt.Errorf("%q.%q: %w", im.module, im.name, ErrUnknownImport)
		}
		if m.types[im.typeIndex] != h.signature {
			return fmt.Errorf("%s.%s: %w", im.module, im.name, ErrImportSignature)
		}
	}
	return nil
}

// abiExports are the functions of guest ABI 1 that a module must export.
var abiExports = [...]struct {
	name string
	signature
}{
	{exportInitialize, ""},
	{exportAlloc, "i>i"},
	{exportValidateBlock, "ii>I"},
}

func (m *module) checkExports() error {
	for _, want := range abiExports {
		e, ok := m.exports[want.name]
		if !ok {
			return fmt.Errorf("%s: %w", want.name, ErrMissingExport)
		}
		if e.kind != kindFunction {
			return fmt.Errorf("%s: %w", want.name, ErrExportSignature)
		}
		t, ok := m.functionType(e.index)
		if !ok {
			return fmt.Errorf("%s: function %d: %w", want.name, e.index, ErrMalformed)
		}
		if m.types[t] != want.signature {
			return fmt.Errorf("%s: %w", want.name, ErrExportSignature)
		}
	}
	e, ok := m.exports[exportMemory]
	if !ok || m.memories != 1 {
		return fmt.Errorf("%s: %w", exportMemory, ErrMissingExport)
	}
	if e.kind != kindMemory || e.index != 0 {
		return fmt.Errorf("%s: %w", exportMemory, ErrExportSignature)
	}
	return nil
}
