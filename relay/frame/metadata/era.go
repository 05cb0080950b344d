package metadata

import "strconv"

// Era returns the type of the era of an extrinsic, with the key era. Its first
// byte is the index of one of 256 variants: Immortal, or MortalN with N the low
// byte of the encoding and the high byte as field.
func Era() Type {
	variants := Variants{{Name: "Immortal", Index: 0}}
	for i := 1; i < 256; i++ {
		variants = append(variants, Variant{Name: "Mortal" + strconv.Itoa(i), Index: uint8(i), Fields: []Field{{Type: "u8"}}})
	}
	return Type{Key: "era", Path: "sp_runtime::generic::era::Era", Def: variants}
}
