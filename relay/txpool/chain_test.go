package txpool

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// definition is a transaction of tests: of signer with nonce, or, if signer is
// empty, with tags of its own. Its extrinsic is its name.
type definition struct {
	signer             string
	nonce              int
	requires, provides []Tag
	priority           uint64
	longevity          uint64
	dies               primitives.BlockNumber // from this block on it is invalid; 0 is never
	private            bool                   // not propagated
	bad                bool                   // invalid on every state
	size               int                    // of the extrinsic, in bytes; at least that of the name
}

// world is a tree of blocks, and the runtime: a transaction is valid while its
// nonce was not used, and requires the one before if that was not used either.
type world struct {
	definitions map[string]definition
	blocks      map[string]testBlock
	names       map[primitives.Hash]string // of transactions
	blockNames  map[primitives.Hash]string
}

type testBlock struct {
	parent string
	number primitives.BlockNumber
	body   []string
}

func newWorld() *world {
	w := &world{map[string]definition{}, map[string]testBlock{}, map[primitives.Hash]string{}, map[primitives.Hash]string{}}
	w.block("G", "", nil)
	return w
}

func tagOf(signer string, nonce int) Tag { return Tag(signer + "/" + strconv.Itoa(nonce)) }

func (w *world) define(name string, d definition) {
	if d.signer != "" {
		d.provides = []Tag{tagOf(d.signer, d.nonce)}
	}
	w.definitions[name] = d
	w.names[Hash(w.extrinsic(name))] = name
}

func (w *world) extrinsic(name string) primitives.Extrinsic {
	x := []byte(name)
	for len(x) < w.definitions[name].size {
		x = append(x, ' ')
	}
	return x
}

func (w *world) hash(name string) primitives.Hash { return Hash(w.extrinsic(name)) }

func nameOf(x primitives.Extrinsic) string { return strings.TrimRight(string(x), " ") }

// provides is Params.Provides.
func (w *world) provides(x primitives.Extrinsic) []Tag { return w.definitions[nameOf(x)].provides }

func (w *world) block(name, parent string, body []string) {
	number := primitives.BlockNumber(0)
	if parent != "" {
		number = w.blocks[parent].number + 1
	}
	w.blocks[name] = testBlock{parent, number, body}
	w.blockNames[w.id(name).Hash] = name
}

func (w *world) id(name string) primitives.BlockID {
	return primitives.BlockID{Hash: primitives.Blake2b256([]byte("block " + name)), Number: w.blocks[name].number}
}

func (w *world) full(name string) Block {
	b := Block{ID: w.id(name)}
	for _, x := range w.blocks[name].body {
		b.Body = append(b.Body, w.extrinsic(x))
	}
	return b
}

// route returns the blocks left and entered on the way between two best blocks.
func (w *world) route(from, to string) (e NewBest) {
	var enacted []string
	for from != to {
		if w.blocks[from].number >= w.blocks[to].number && w.blocks[from].number > 0 {
			e.Retracted = append(e.Retracted, w.full(from))
			from = w.blocks[from].parent
		} else {
			enacted = append(enacted, to)
			to = w.blocks[to].parent
		}
	}
	for i := len(enacted) - 1; i >= 0; i-- {
		e.Enacted = append(e.Enacted, w.full(enacted[i]))
	}
	return e
}

// provided reports whether a block or one of its ancestors provides a tag.
func (w *world) provided(block string, tag Tag) bool {
	for ; block != ""; block = w.blocks[block].parent {
		for _, x := range w.blocks[block].body {
			for _, t := range w.definitions[x].provides {
				if t == tag {
					return true
				}
			}
		}
	}
	return false
}

var (
	errStale = Reason("nonce was used before")
	errBad   = Reason("signature does not verify")
)

// validity is what the runtime says of a transaction after a block.
func (w *world) validity(name string, at primitives.Hash) Validity {
	d, block := w.definitions[name], w.blockNames[at]
	if d.bad {
		return Invalid{Reason: errBad, Always: true}
	}
	v := Valid{Priority: d.priority, Provides: d.provides, Longevity: d.longevity, Propagate: !d.private}
	if number := w.blocks[block].number; d.dies > 0 {
		if number+1 >= d.dies {
			return Invalid{Reason: errStale}
		}
		v.Longevity = uint64(d.dies - number)
	}
	for _, tag := range d.provides {
		if w.provided(block, tag) {
			return Invalid{Reason: errStale}
		}
	}
	requires := d.requires
	if d.signer != "" && d.nonce > 0 {
		requires = []Tag{tagOf(d.signer, d.nonce-1)}
	}
	for _, tag := range requires {
		if !w.provided(block, tag) {
			v.Requires = append(v.Requires, tag)
		}
	}
	return v
}

// describe renders an effect.
func (w *world) describe(e Effect) string {
	name := func(h primitives.Hash) string {
		if n, ok := w.names[h]; ok {
			return n
		}
		return "?"
	}
	switch e := e.(type) {
	case Validate:
		return fmt.Sprintf("validate %s at %s", name(e.Hash), w.blockNames[e.At.Hash])
	case Accepted:
		return fmt.Sprintf("request %d: accepted %s", e.Request, name(e.Hash))
	case Refused:
		return fmt.Sprintf("request %d: refused %s, %d: %v", e.Request, name(e.Hash), Code(e.Reason), e.Reason)
	case Judged:
		if e.Judgment == Accept {
			return fmt.Sprintf("peer %s: accept %s", e.From, name(e.Hash))
		}
		return fmt.Sprintf("peer %s: %s %s: %v", e.From, []string{"ignore", "", "reject"}[e.Judgment], name(e.Hash), e.Reason)
	case Notify:
		s := fmt.Sprintf("watcher %v: %s %s", e.Watchers, name(e.Hash), e.Status.Kind)
		if e.Status.Block != (primitives.BlockID{}) {
			s += " " + w.blockNames[e.Status.Block.Hash]
		}
		if k := e.Status.Kind; k == StatusInBlock || k == StatusFinalized {
			s += fmt.Sprintf(" at %d", e.Status.Index)
		}
		if e.Status.Kind == StatusUsurped {
			s += " by " + name(e.Status.By)
		}
		if len(e.Status.Peers) > 0 {
			s += fmt.Sprint(" to ", e.Status.Peers)
		}
		if e.Status.Reason != nil {
			s += ": " + e.Status.Reason.Error()
		}
		return s
	case Broadcast:
		return "broadcast " + name(e.Hash)
	case SendTo:
		s := "send to " + string(e.To) + ":"
		for _, x := range e.Extrinsics {
			s += " " + nameOf(x)
		}
		return s
	}
	return fmt.Sprintf("%T", e)
}
