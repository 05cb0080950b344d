// Package frame is what runtimes are made of: state with storage items, calls,
// events, errors, and the list of pallets that makes a runtime. The relay
// runtime and every parachain made with parachain/sdk use the same frame.
//
// A pallet is one Go package that reads as its own specification. It declares,
// once, and framegen derives the rest (codecs, storage keys, tables, metadata):
//
//	//frame:pallet Balances                 in the package comment: the name
//	                                        (and the path of its types in
//	                                        metadata, if it is not the usual)
//
//	//frame:storage                         the storage items, one per field
//	type storage struct {
//		// TotalIssuance is the sum of all balances.
//		TotalIssuance primitives.Balance
//		// Account holds what an account owns.
//		Account map[primitives.AccountID]AccountData `frame:"blake2_128_concat"`
//	}
//
//	//frame:call 3 weight=150000000         a call: its arguments, its index
//	type TransferKeepAlive struct { … }
//	func (t TransferKeepAlive) Dispatch(c *frame.Context, origin frame.Origin) error
//
//	//frame:event 2                         an event: its fields, its index
//	type Transfer struct { … }
//
//	//frame:errors                          errors: constants of the type
//	type Error uint8
//
//	//frame:constant                        a typed constant or variable that
//	const BlockHashCount BlockNumber = 4096 metadata tells of
//
// A storage field of type T becomes a package variable of its name, a Value[T];
// one of type map[K]V a Map[K, V], with the hasher in the field's tag; one of
// type map[K]map[L]V a DoubleMap[K, L, V], with two. Words after the index of a
// call: weight=N in picoseconds, proof=N in bytes, or weight=X, a Go expression
// without spaces of type Weight in which call is the call; class=operational or
// class=mandatory (an inherent: origin None, no fee), free (pays no fee); or
// instead of all these measured: then its methods Info and Make tell what it
// costs, before and after. Metadata says that a missing value of an item means
// the zero value, or with a word in the field's tag nothing (optional) or the
// value X of the package (default=X).
//
// An argument of type RuntimeCall is a call of any pallet.
//
// Types that only need a codec:
//
//	//frame:codec             AppendSCALE and DecodeSCALE; of a uint8 type: its
//	                          constants and nothing else
//	//frame:enum              a sealed interface: AppendX and DecodeX
//	//frame:variant X 3       a struct that is variant 3 of X
//	//frame:path a::b::C      the path of the type in metadata
//	//frame:params A=T        its type parameters there: types of the package, or
//	                          basic ones
//	//frame:as T              how metadata describes a type that encodes itself:
//	                          u128, bytes, events, extrinsic, or a struct of its
//	                          package
//	//frame:tuple             a struct that metadata describes as a tuple
//	//frame:types             a struct whose fields' types metadata needs
//
// Runtime calls, which a node answers about a state:
//
//	//frame:api Name 2        a struct of one field, what the calls are about;
//	                          its exported methods are the calls, which take and
//	                          return what has a codec; several results are a
//	                          tuple, and a last one may be an error
//
// and in the tag of a field: `scale:"compact"`, `scale:"max=1024"` (bound of a
// vector, in elements), `frame:"name=error"` (the field's name in metadata). A
// pointer is an Option. After the index of a variant, call or event, and after
// constant: name=Id (its name in metadata), and of a variant: named (its fields
// have names there).
//
// frame does not execute blocks; relay/pallet/executive does.
package frame

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
