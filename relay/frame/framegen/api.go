package main

import (
	"fmt"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// apiFile returns zz_api.go: for every struct with an api directive, how its
// exported methods are called by name with encoded arguments, and what metadata
// says of them; nil if the package has none.
func apiFile(src *source) ([]byte, error) {
	w := newWriter(src)
	r := &describer{src: src, known: map[string]bool{}}
	var calls []apiCall
	for _, d := range src.declarations {
		if !d.has("api") {
			continue
		}
		methods, err := src.apiCalls(d)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", src.pkg.Path(), d.name, err)
		}
		if len(calls) > 0 && !types.Identical(methods[0].host, calls[0].host) {
			return nil, fmt.Errorf("%s.%s: APIs of a package must be about the same type", src.pkg.Path(), d.name)
		}
		for _, c := range methods {
			if slices.ContainsFunc(calls, func(other apiCall) bool { return other.wireName() == c.wireName() }) {
				return nil, fmt.Errorf("%s.%s: call %s is there twice", src.pkg.Path(), d.name, c.wireName())
			}
			calls = append(calls, c)
		}
	}
	if len(calls) == 0 {
		return nil, nil
	}
	w.printf("// lookupAPI returns the runtime call with the name, nil if there is none. The\n")
	w.printf("// call reads its arguments, all of the input; nothing was done if that fails.\n")
	w.printf("func lookupAPI(name string) func(on %s, d *%s) ([]byte, error) {\nswitch name {\n", w.typeName(calls[0].host), w.scale("Decoder"))
	for _, c := range calls {
		w.printf("case %q:\nreturn %s\n", c.wireName(), c.funcName())
	}
	w.printf("}\nreturn nil\n}\n\n")
	for _, c := range calls {
		if err := w.apiCall(c); err != nil {
			return nil, fmt.Errorf("%s.%s.%s: %w", src.pkg.Path(), c.api.name, c.name, err)
		}
	}
	if err := w.apiDescriptions(r, calls); err != nil {
		return nil, err
	}
	return w.file("")
}

// apiCall is a method of an API.
type apiCall struct {
	method
	api       *declaration
	host      types.Type // of the one field of the API's struct
	signature *types.Signature
	results   []types.Type // without the error
	fails     bool         // the last result is an error
}

// wireName returns what callers call c.
func (c apiCall) wireName() string { return c.api.directives["api"][0] + "_" + snake(c.name) }

func (c apiCall) funcName() string {
	return "call" + strings.ToUpper(c.api.name[:1]) + c.api.name[1:] + c.name
}

// apiCalls returns the methods of the API that d declares, in their order.
func (s *source) apiCalls(d *declaration) ([]apiCall, error) {
	structure, _ := d.object.Type().Underlying().(*types.Struct)
	if structure.NumFields() != 1 {
		return nil, fmt.Errorf("//frame:api needs a struct of one field: what the calls are about")
	}
	if words := d.directives["api"]; len(words) != 2 {
		return nil, fmt.Errorf("//frame:api needs a name and a version")
	} else if _, err := strconv.ParseUint(words[1], 10, 32); err != nil {
		return nil, fmt.Errorf("version %q is not a number", words[1])
	}
	var calls []apiCall
	for _, m := range s.methods[d.name] {
		found, _, _ := types.LookupFieldOrMethod(d.object.Type(), true, s.pkg, m.name)
		f, ok := found.(*types.Func)
		if !ok {
			return nil, fmt.Errorf("%s is no method", m.name)
		}
		c := apiCall{method: m, api: d, host: structure.Field(0).Type(), signature: f.Type().(*types.Signature)}
		if _, pointer := c.signature.Recv().Type().(*types.Pointer); pointer {
			return nil, fmt.Errorf("%s has a pointer as receiver", m.name)
		}
		for i := range c.signature.Results().Len() {
			t := c.signature.Results().At(i).Type()
			if c.fails = types.Identical(t, types.Universe.Lookup("error").Type()); !c.fails {
				c.results = append(c.results, t)
			}
		}
		calls = append(calls, c)
	}
	if len(calls) == 0 {
		return nil, fmt.Errorf("//frame:api has no exported methods")
	}
	return calls, nil
}

// apiCall writes the function that decodes arguments, calls and encodes results.
func (w *writer) apiCall(c apiCall) error {
	w.printf("func %s(on %s, d *%s) (b []byte, err error) {\n", c.funcName(), w.typeName(c.host), w.scale("Decoder"))
	var arguments, results []string
	for i := range c.signature.Params().Len() {
		t := c.signature.Params().At(i).Type()
		name := "in" + strconv.Itoa(i)
		arguments = append(arguments, name)
		w.printf("var %s %s\n", name, w.typeName(t))
		if err := w.decode(name, t, tag{max: defaultMax}); err != nil {
			return err
		}
	}
	w.printf("if err := d.Finish(); err != nil {\nreturn nil, err\n}\n")
	for i := range c.results {
		results = append(results, "out"+strconv.Itoa(i))
	}
	call := fmt.Sprintf("%s{on}.%s(%s)", c.api.name, c.name, strings.Join(arguments, ", "))
	if c.fails {
		results = append(results, "err")
	}
	if len(results) > 0 {
		operator := ":="
		if len(c.results) == 0 {
			operator = "="
		}
		call = strings.Join(results, ", ") + " " + operator + " " + call
	}
	w.printf("%s\n", call)
	if c.fails {
		w.printf("if err != nil {\nreturn nil, err\n}\n")
	}
	w.printf("b = []byte{}\n")
	for i, t := range c.results {
		if err := w.append("out"+strconv.Itoa(i), t, tag{max: defaultMax}); err != nil {
			return err
		}
	}
	w.printf("return b, nil\n}\n\n")
	return nil
}

// apiDescriptions writes what metadata says of the calls and their types.
func (w *writer) apiDescriptions(r *describer, calls []apiCall) error {
	w.use(metadataPath, "metadata")
	w.printf("// describeAPIs returns what metadata says of the runtime calls.\n")
	w.printf("func describeAPIs() []metadata.API {\nreturn []metadata.API{\n")
	for i, c := range calls {
		if i == 0 || calls[i-1].api != c.api {
			words := c.api.directives["api"]
			w.printf("{Name: %q, ID: %s, Version: %s, Docs: %q, Methods: []metadata.Method{\n", words[0], apiID(words[0]), words[1], c.api.doc)
		}
		if err := w.apiDescription(r, c); err != nil {
			return fmt.Errorf("%s.%s.%s: %w", w.src.pkg.Path(), c.api.name, c.name, err)
		}
		if i+1 == len(calls) || calls[i+1].api != c.api {
			w.printf("}},\n")
		}
	}
	w.printf("}\n}\n\n")
	w.printf("// apiTypes returns the types that describeAPIs refers to, and what they are made of.\n")
	w.printf("func apiTypes() []metadata.Type {\nreturn ")
	w.typeList(r)
	w.printf("}\n")
	return nil
}

// apiID returns BLAKE2b-64 of an API's name as a Go literal.
//
// Source: polkadot-sdk substrate/primitives/api/proc-macro, generate_runtime_api_id.
func apiID(name string) string {
	digest, err := blake2b.New(8, nil)
	if err != nil {
		panic(err) // the size is a good one
	}
	digest.Write([]byte(name))
	var literal strings.Builder
	for _, b := range digest.Sum(nil) {
		fmt.Fprintf(&literal, "0x%02x, ", b)
	}
	return "[8]byte{" + strings.TrimSuffix(literal.String(), ", ") + "}"
}

func (w *writer) apiDescription(r *describer, c apiCall) error {
	w.printf("{Name: %q, ", snake(c.name))
	if n := c.signature.Params().Len(); n > 0 {
		w.printf("Inputs: []metadata.Input{")
		for i := range n {
			p := c.signature.Params().At(i)
			key, err := r.describe(p.Type())
			if err != nil {
				return err
			}
			w.printf("{Name: %q, Type: %q},", snake(p.Name()), key)
		}
		w.printf("}, ")
	}
	var keys []string
	for _, t := range c.results {
		key, err := r.describe(t)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	output := "()"
	if len(keys) == 1 {
		output = keys[0]
	} else if len(keys) > 1 {
		output = r.addTuple(keys)
	}
	w.printf("Output: %q, Docs: %q},\n", output, c.doc)
	return nil
}
