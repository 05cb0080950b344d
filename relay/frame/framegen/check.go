package main

import (
	"fmt"
	"go/types"
)

// check returns what is wrong with the directives of d by themselves.
func (s *source) check(d *declaration) error {
	for directive, least := range map[string]int{"call": 1, "event": 1, "variant": 2, "path": 1, "params": 1, "as": 1, "api": 2} {
		if words, ok := d.directives[directive]; ok && len(words) < least {
			return fmt.Errorf("//frame:%s needs %d words", directive, least)
		}
	}
	if s.palletName() == "" {
		for _, directive := range []string{"call", "event", "errors", "storage"} {
			if d.has(directive) {
				return fmt.Errorf("//frame:%s in a package whose comment has no //frame:pallet", directive)
			}
		}
	}
	if words := d.directives["variant"]; len(words) > 0 {
		enum := s.byName[words[0]]
		if enum == nil || !enum.has("enum") {
			return fmt.Errorf("//frame:variant of %s, which is no //frame:enum of this package", words[0])
		}
	}
	if d.has("enum") && !types.IsInterface(d.object.Type()) {
		return fmt.Errorf("//frame:enum on what is not an interface")
	}
	for _, directive := range []string{"variant", "call", "event", "storage", "tuple", "api"} {
		if _, ok := d.object.Type().Underlying().(*types.Struct); d.has(directive) && !ok {
			return fmt.Errorf("//frame:%s on what is not a struct", directive)
		}
	}
	if needsCodec(d) && contains(d.object.Type().Underlying(), d.object.Type(), nil) {
		return fmt.Errorf("it contains itself other than through an enum, where depth is counted")
	}
	return nil
}

// contains reports whether values of t can hold a value of wanted without an
// interface between.
func contains(t, wanted types.Type, seen []types.Type) bool {
	if types.Identical(t, wanted) {
		return true
	}
	for _, s := range seen {
		if types.Identical(s, t) {
			return false
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return contains(u.Elem(), wanted, seen)
	case *types.Slice:
		return contains(u.Elem(), wanted, seen)
	case *types.Array:
		return contains(u.Elem(), wanted, seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if contains(u.Field(i).Type(), wanted, seen) {
				return true
			}
		}
	}
	return false
}
