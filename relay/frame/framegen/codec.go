package main

import (
	"fmt"
	"go/types"
	"sort"
	"strconv"
)

// codecFile returns zz_codec.go: the codecs of all types that carry a codec,
// variant or enum directive, or that another directive makes encodable.
func codecFile(src *source) ([]byte, error) {
	w := newWriter(src)
	for _, d := range src.declarations {
		if err := src.check(d); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", src.pkg.Path(), d.name, err)
		}
	}
	for _, d := range src.declarations {
		var err error
		switch {
		case d.has("enum"):
			err = w.enum(d)
		case needsCodec(d):
			err = w.codec(d)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", src.pkg.Path(), d.name, err)
		}
	}
	return w.file("")
}

// needsCodec reports whether the type gets AppendSCALE and DecodeSCALE.
func needsCodec(d *declaration) bool {
	for _, directive := range []string{"codec", "variant", "call", "event"} {
		if d.has(directive) {
			return true
		}
	}
	return false
}

// codec writes both methods of one type.
func (w *writer) codec(d *declaration) error {
	underlying := d.object.Type().Underlying()
	if basic, ok := underlying.(*types.Basic); ok {
		return w.plainEnum(d, basic)
	}
	t := tag{max: defaultMax}
	for _, word := range d.directives["codec"] {
		var err error
		if t, err = parseTag(`scale:"` + word + `"`); err != nil {
			return err
		}
	}
	w.printf("// AppendSCALE appends the SCALE encoding of v.\n")
	w.printf("func (v %s) AppendSCALE(b []byte) []byte {\n", d.name)
	if err := w.appendUnderlying("v", underlying, t); err != nil {
		return err
	}
	w.printf("return b\n}\n\n")
	w.printf("// DecodeSCALE reads v from d.\n")
	w.printf("func (v *%s) DecodeSCALE(d *%s) {\n", d.name, w.scale("Decoder"))
	target := "v"
	if _, isStruct := underlying.(*types.Struct); !isStruct {
		target = "(*v)"
	}
	if err := w.decodeUnderlying(target, d.object.Type(), t); err != nil {
		return err
	}
	w.printf("}\n\n")
	return nil
}

// plainEnum writes the codec of a type whose values are the constants declared
// for it: one byte, anything else refused.
func (w *writer) plainEnum(d *declaration, basic *types.Basic) error {
	if basic.Kind() != types.Uint8 {
		return fmt.Errorf("a codec for %s needs no directive", basic)
	}
	values := w.src.constants(d.object.Type())
	if len(values) == 0 {
		return fmt.Errorf("no constants of the type: //frame:codec on a uint8 type allows only those")
	}
	for i, v := range values[1:] {
		if v.value == values[i].value {
			return fmt.Errorf("constants %s and %s are both %d", values[i].name, v.name, v.value)
		}
	}
	w.printf("// AppendSCALE appends v as one byte.\n")
	w.printf("func (v %s) AppendSCALE(b []byte) []byte { return append(b, byte(v)) }\n\n", d.name)
	w.printf("// DecodeSCALE reads v; scale.ErrVariant for a value without a name.\n")
	w.printf("func (v *%s) DecodeSCALE(d *%s) {\n*v = %s(d.U8())\nswitch *v {\ncase ", d.name, w.scale("Decoder"), d.name)
	for i, v := range values {
		if i > 0 {
			w.printf(", ")
		}
		w.printf("%d", v.value)
	}
	w.printf(":\ndefault:\nd.Fail(%s)\n}\n}\n\n", w.scale("ErrVariant"))
	return nil
}

// variant is one case of an enum.
type variant struct {
	*declaration
	index int
}

// variants returns the cases of the enum, by index.
func (s *source) variants(enum string) ([]variant, error) {
	var found []variant
	seen := map[int]string{}
	for _, d := range s.declarations {
		words := d.directives["variant"]
		if len(words) < 2 || words[0] != enum {
			continue
		}
		index, err := strconv.Atoi(words[1])
		if err != nil || index < 0 || index > 255 {
			return nil, fmt.Errorf("variant %s: index %q is not 0 to 255", d.name, words[1])
		}
		if other, taken := seen[index]; taken {
			return nil, fmt.Errorf("variants %s and %s share index %d", other, d.name, index)
		}
		seen[index] = d.name
		found = append(found, variant{d, index})
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no variants", enum)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].index < found[j].index })
	return found, nil
}

// enum writes the two functions of a sealed interface.
func (w *writer) enum(d *declaration) error {
	cases, err := w.src.variants(d.name)
	if err != nil {
		return err
	}
	w.printf("// Append%s appends the variant index of v, then v.\n", d.name)
	w.printf("func Append%s(b []byte, v %s) []byte {\nswitch v := v.(type) {\n", d.name, d.name)
	for _, c := range cases {
		w.printf("case %s:\nreturn v.AppendSCALE(append(b, %d))\n", c.name, c.index)
	}
	w.printf("}\npanic(\"unknown variant of %s\")\n}\n\n", d.name)
	w.printf("// Decode%s reads a variant index and the variant; nil after a fault.\n", d.name)
	w.printf("func Decode%s(d *%s) %s {\n", d.name, w.scale("Decoder"), d.name)
	w.printf("if !d.Enter() {\nreturn nil\n}\ndefer d.Leave()\nswitch d.U8() {\n")
	for _, c := range cases {
		size := types.SizesFor("gc", "amd64").Sizeof(c.object.Type().Underlying())
		w.printf("case %d:\nvar v %s\nv.DecodeSCALE(d)\nif d.Allocate(%d) {\nreturn v\n}\n", c.index, c.name, size)
	}
	w.printf("default:\nd.Fail(%s)\n}\nreturn nil\n}\n\n", w.scale("ErrVariant"))
	return nil
}
