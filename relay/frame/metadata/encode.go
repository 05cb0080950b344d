package metadata

import "github.com/rampart-chain/rampart/relay/scale"

// Versions of the format that Runtime.Encode knows.
const (
	V14 = 14
	V15 = 15
	V16 = 16
)

// encoder encodes a runtime in one version of the format.
type encoder struct {
	*registry
	version uint8
}

// Encode returns the runtime as RuntimeMetadataPrefixed of version V14, V15 or
// V16; nil for any other.
func (r Runtime) Encode(version uint8) []byte {
	if version < V14 || version > V16 {
		return nil
	}
	e := encoder{r.registry(), version}
	body := scale.AppendCompact(nil, uint64(len(r.Pallets)))
	for _, entry := range r.Pallets {
		body = e.pallet(body, entry)
	}
	body = e.extrinsic(body, r)
	if version < V16 {
		body = e.number(body, runtimeKey)
	}
	if version >= V15 {
		body = e.apis(body, r.APIs)
		for _, key := range []string{callKey, eventKey, errorKey} {
			body = e.number(body, key)
		}
		body = append(body, 0) // no custom values
	}
	for _, key := range []string{errorKey, extrinsicKey} { // tools look for them, referred to or not
		e.registry.number(key)
	}
	return append(e.registry.append(append([]byte(metadataPrefix), version)), body...)
}

// number appends the number of the type with the key.
func (e encoder) number(b []byte, key string) []byte {
	return appendNumber(b, e.registry.number(key))
}

// current appends that something is not deprecated, which version 16 tells of
// everything: an empty map, or the first variant of an enum, is one zero.
func (e encoder) current(b []byte) []byte {
	if e.version < V16 {
		return b
	}
	return append(b, 0)
}

// pallet appends a pallet: name, storage, calls, event, constants, error and
// index, then what later versions added.
func (e encoder) pallet(b []byte, entry Entry) []byte {
	p := entry.Pallet
	b = scale.AppendString(b, entry.Name)
	if len(p.Items) == 0 {
		b = append(b, 0)
	} else {
		b = scale.AppendString(append(b, 1), entry.Name)
		b = scale.AppendCompact(b, uint64(len(p.Items)))
		for _, item := range p.Items {
			b = e.item(b, item)
		}
	}
	b = e.variants(b, entry.Name+"."+callKey, p.Calls)
	b = e.variants(b, entry.Name+"."+eventKey, p.Events)
	b = scale.AppendCompact(b, uint64(len(p.Constants)))
	for _, c := range p.Constants {
		b = e.number(scale.AppendString(b, c.Name), c.Type)
		b = e.current(appendDocs(scale.AppendBytes(b, c.Value), c.Docs))
	}
	b = e.variants(b, entry.Name+"."+errorKey, p.Errors)
	if e.version >= V16 {
		b = append(b, 0, 0) // no associated types, no view functions
	}
	b = append(b, entry.Index)
	if e.version >= V15 {
		b = e.current(appendDocs(b, p.Docs))
	}
	return b
}

// variants appends the type of calls, events or errors if there are any.
func (e encoder) variants(b []byte, key string, variants []Variant) []byte {
	if len(variants) == 0 {
		return append(b, 0)
	}
	return e.current(e.number(append(b, 1), key))
}

// item appends a storage item: name, modifier, type, default and docs.
func (e encoder) item(b []byte, i Item) []byte {
	b = scale.AppendBool(scale.AppendString(b, i.Name), !i.Optional) // modifier 0 Optional, 1 Default
	if i.Key == "" {
		b = append(b, 0)
	} else if i.Second == 0 {
		b = e.number(append(b, 1, 1<<2, i.Hasher), i.Key) // a map with one hasher
	} else {
		b = e.number(append(b, 1, 2<<2, i.Hasher, i.Second), i.Key)
	}
	b = e.number(b, i.Value)
	return e.current(appendDocs(scale.AppendBytes(b, i.Default), i.Docs))
}

// extrinsic appends how extrinsics are made. Version 14 tells their type, later
// ones what it is made of.
func (e encoder) extrinsic(b []byte, r Runtime) []byte {
	switch e.version {
	case V14:
		b = append(e.number(b, extrinsicKey), extrinsicV4)
	case V15:
		b = append(b, extrinsicV4)
	default:
		b = append(b, 1<<2, extrinsicV4) // the one version
	}
	if e.version >= V15 {
		for _, key := range []string{r.Address, callKey, r.Signature} {
			b = e.number(b, key)
		}
	}
	switch e.version {
	case V15:
		b = e.number(b, extraKey)
	case V16: // version 0 of the extensions has them all
		b = scale.AppendCompact(append(b, 1<<2, 0), uint64(len(r.Extensions)))
		for i := range r.Extensions {
			b = appendNumber(b, uint32(i))
		}
	}
	b = scale.AppendCompact(b, uint64(len(r.Extensions)))
	for _, x := range r.Extensions {
		b = e.number(e.number(scale.AppendString(b, x.Identifier), x.Type), x.Additional)
	}
	return b
}

// apis appends the runtime calls.
func (e encoder) apis(b []byte, apis []API) []byte {
	b = scale.AppendCompact(b, uint64(len(apis)))
	for _, api := range apis {
		b = scale.AppendCompact(scale.AppendString(b, api.Name), uint64(len(api.Methods)))
		for _, m := range api.Methods {
			b = scale.AppendCompact(scale.AppendString(b, m.Name), uint64(len(m.Inputs)))
			for _, input := range m.Inputs {
				b = e.number(scale.AppendString(b, input.Name), input.Type)
			}
			b = e.current(appendDocs(e.number(b, m.Output), m.Docs))
		}
		b = appendDocs(b, api.Docs)
		if e.version >= V16 {
			b = e.current(appendNumber(b, api.Version))
		}
	}
	return b
}
