package main

import (
	"fmt"
	"go/types"
	"strings"
)

// isByte reports whether t is encoded as one plain byte.
func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// hasMethods reports whether values of t encode themselves: by a method in the
// source, or by one that framegen writes.
func (w *writer) hasMethods(t types.Type, method string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	object := named.Obj()
	if src := w.src.module.sources[object.Pkg().Path()]; src != nil && method == "AppendSCALE" {
		if d := src.byName[object.Name()]; d != nil && needsCodec(d) {
			return true
		}
	}
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, object.Pkg(), method)
	_, isFunc := found.(*types.Func)
	return isFunc
}

// enumPrefix returns the package prefix of the Append and Decode functions of t
// if t is a sealed interface.
func (w *writer) enumPrefix(t types.Type) (prefix, name string, ok bool) {
	named, isNamed := types.Unalias(t).(*types.Named)
	if !isNamed || !types.IsInterface(named) {
		return "", "", false
	}
	object := named.Obj()
	return w.use(object.Pkg().Path(), object.Pkg().Name()), object.Name(), true
}

// append writes code that appends the value of expr, of type t.
func (w *writer) append(expr string, t types.Type, opts tag) error {
	if opts.compact {
		if w.hasMethods(t, "AppendCompact") {
			w.printf("b = %s.AppendCompact(b)\n", expr)
			return nil
		}
		if basic, ok := t.Underlying().(*types.Basic); ok && basic.Info()&types.IsUnsigned != 0 {
			w.printf("b = %s(b, uint64(%s))\n", w.scale("AppendCompact"), expr)
			return nil
		}
		return fmt.Errorf("%s of type %s cannot be compact", expr, t)
	}
	if w.hasMethods(t, "AppendSCALE") {
		w.printf("b = %s.AppendSCALE(b)\n", expr)
		return nil
	}
	if prefix, name, ok := w.enumPrefix(t); ok {
		w.printf("b = %sAppend%s(b, %s)\n", prefix, name, expr)
		return nil
	}
	return w.appendUnderlying(expr, t.Underlying(), opts)
}

// appendUnderlying is append for a type that has no methods to do it.
func (w *writer) appendUnderlying(expr string, t types.Type, opts tag) error {
	switch t := t.(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Bool:
			w.printf("b = %s(b, bool(%s))\n", w.scale("AppendBool"), expr)
		case types.Uint8, types.Int8:
			w.printf("b = append(b, byte(%s))\n", expr)
		case types.Uint16, types.Uint32, types.Uint64:
			w.printf("b = %s(b, %s(%s))\n", w.scale("AppendU"+t.Name()[4:]), t.Name(), expr)
		case types.Int16, types.Int32, types.Int64:
			w.printf("b = %s(b, u%s(%s))\n", w.scale("AppendU"+t.Name()[3:]), t.Name(), expr)
		case types.String:
			w.printf("b = %s(b, string(%s))\n", w.scale("AppendString"), expr)
		default:
			return fmt.Errorf("%s: no encoding for %s", expr, t)
		}
	case *types.Array:
		if isByte(t.Elem()) {
			w.printf("b = append(b, %s[:]...)\n", expr)
			return nil
		}
		return w.appendLoop(expr, t.Elem(), opts)
	case *types.Slice:
		if isByte(t.Elem()) && !w.hasMethods(t.Elem(), "AppendSCALE") {
			w.printf("b = %s(b, %s)\n", w.scale("AppendBytes"), expr)
			return nil
		}
		w.printf("b = %s(b, len(%s), %d)\n", w.scale("AppendLen"), expr, w.wireSize(t.Elem(), nil))
		return w.appendLoop(expr, t.Elem(), opts)
	case *types.Pointer:
		w.printf("if %s == nil {\nb = append(b, 0)\n} else {\nb = append(b, 1)\n", expr)
		if err := w.append("(*"+expr+")", t.Elem(), tag{max: opts.max}); err != nil {
			return err
		}
		w.printf("}\n")
	case *types.Struct:
		for i := range t.NumFields() {
			fieldTag, err := parseTag(t.Tag(i))
			if err != nil {
				return err
			}
			if err := w.append(expr+"."+t.Field(i).Name(), t.Field(i).Type(), fieldTag); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%s: no encoding for %s", expr, t)
	}
	return nil
}

func (w *writer) appendLoop(expr string, element types.Type, opts tag) error {
	i := w.variable("i")
	w.depth++
	defer func() { w.depth-- }()
	w.printf("for %s := range %s {\n", i, expr)
	if err := w.append(expr+"["+i+"]", element, tag{max: defaultMax}); err != nil {
		return err
	}
	w.printf("}\n")
	return nil
}

// decode writes code that reads into target, an addressable expression of
// type t.
func (w *writer) decode(target string, t types.Type, opts tag) error {
	if opts.compact {
		if w.hasMethods(t, "DecodeCompact") {
			w.printf("%s.DecodeCompact(d)\n", target)
			return nil
		}
		basic, ok := t.Underlying().(*types.Basic)
		if !ok || basic.Info()&types.IsUnsigned == 0 {
			return fmt.Errorf("%s of type %s cannot be compact", target, t)
		}
		method := map[types.BasicKind]string{types.Uint8: "CompactU8", types.Uint16: "CompactU16", types.Uint32: "CompactU32", types.Uint64: "Compact"}[basic.Kind()]
		w.printf("%s = %s(d.%s())\n", target, w.typeName(t), method)
		return nil
	}
	if w.hasMethods(t, "AppendSCALE") {
		w.printf("%s.DecodeSCALE(d)\n", target)
		return nil
	}
	if prefix, name, ok := w.enumPrefix(t); ok {
		w.printf("%s = %sDecode%s(d)\n", target, prefix, name)
		return nil
	}
	return w.decodeUnderlying(target, t, opts)
}

// decodeUnderlying is decode for a type that has no methods to do it.
func (w *writer) decodeUnderlying(target string, t types.Type, opts tag) error {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return w.decodeBasic(target, t, u)
	case *types.Array:
		if isByte(u.Elem()) {
			w.printf("d.Fixed(%s[:])\n", target)
			return nil
		}
		i := w.variable("i")
		w.depth++
		defer func() { w.depth-- }()
		w.printf("for %s := range %s {\n", i, target)
		if err := w.decode(target+"["+i+"]", u.Elem(), tag{max: defaultMax}); err != nil {
			return err
		}
		w.printf("}\n")
	case *types.Slice:
		if isByte(u.Elem()) && !w.hasMethods(u.Elem(), "AppendSCALE") {
			w.printf("%s = d.Bytes(%d)\n", target, opts.max)
			return nil
		}
		e := w.variable("e")
		w.depth++
		defer func() { w.depth-- }()
		wire, memory := w.wireSize(u.Elem(), nil), types.SizesFor("gc", "amd64").Sizeof(u.Elem())
		w.printf("%s = %s(d, %d, %d, %d, func(%s *%s) {\n", target, w.scale("Slice"), opts.max, wire, memory, e, w.typeName(u.Elem()))
		if err := w.decode("(*"+e+")", u.Elem(), tag{max: defaultMax}); err != nil {
			return err
		}
		w.printf("})\n")
	case *types.Pointer:
		size := types.SizesFor("gc", "amd64").Sizeof(u.Elem())
		w.printf("%s = nil\nif d.Option() && d.Allocate(%d) {\n%s = new(%s)\n", target, size, target, w.typeName(u.Elem()))
		if err := w.decode("(*"+target+")", u.Elem(), tag{max: opts.max}); err != nil {
			return err
		}
		w.printf("}\n")
	case *types.Struct:
		for i := range u.NumFields() {
			fieldTag, err := parseTag(u.Tag(i))
			if err != nil {
				return err
			}
			if err := w.decode(target+"."+u.Field(i).Name(), u.Field(i).Type(), fieldTag); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%s: no decoding for %s", target, t)
	}
	return nil
}

func (w *writer) decodeBasic(target string, t types.Type, basic *types.Basic) error {
	read := map[types.BasicKind]string{
		types.Bool: "Bool()", types.Uint8: "U8()", types.Int8: "U8()",
		types.Uint16: "U16()", types.Int16: "U16()", types.Uint32: "U32()", types.Int32: "U32()",
		types.Uint64: "U64()", types.Int64: "U64()",
		types.String: fmt.Sprintf("String(%d)", defaultMax),
	}[basic.Kind()]
	if read == "" {
		return fmt.Errorf("%s: no decoding for %s", target, t)
	}
	name := w.typeName(t)
	plain := strings.ToLower(strings.TrimSuffix(read, "()"))
	if name == map[string]string{"bool": "bool", "u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64"}[plain] || name == "string" {
		w.printf("%s = d.%s\n", target, read)
		return nil
	}
	w.printf("%s = %s(d.%s)\n", target, name, read)
	return nil
}

// wireSize returns the least number of bytes that a value of type t encodes to.
func (w *writer) wireSize(t types.Type, seen []types.Type) int {
	for _, s := range seen {
		if s == t {
			return 1
		}
	}
	seen = append(seen, t)
	if _, isNamed := types.Unalias(t).(*types.Named); isNamed {
		if types.IsInterface(t) {
			return 1
		}
		if d := w.declared(t); (d == nil || !needsCodec(d)) && w.hasMethods(t, "AppendSCALE") {
			return 1
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.String {
			return 1
		}
		return int(types.SizesFor("gc", "amd64").Sizeof(u))
	case *types.Array:
		return int(u.Len()) * w.wireSize(u.Elem(), seen)
	case *types.Struct:
		total := 0
		for i := range u.NumFields() {
			if parsed, err := parseTag(u.Tag(i)); err == nil && parsed.compact {
				total++
				continue
			}
			total += w.wireSize(u.Field(i).Type(), seen)
		}
		return total
	}
	return 1
}

// declared returns the declaration of t if it is of this package.
func (w *writer) declared(t types.Type) *declaration {
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() == w.src.pkg {
		return w.src.byName[named.Obj().Name()]
	}
	return nil
}
