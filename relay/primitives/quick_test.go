package primitives_test

import (
	"fmt"
	"math/big"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// variants are the cases of the sum types, to draw from.
var variants = map[reflect.Type][]any{
	reflect.TypeFor[primitives.BABEPreDigest](): {primitives.PrimaryClaim{}, primitives.SecondaryPlainClaim{}, primitives.SecondaryVRFClaim{}},
	reflect.TypeFor[primitives.BABELog]():       {primitives.NextEpochData{}, primitives.BABEOnDisabled{}, primitives.NextConfigData{}},
	reflect.TypeFor[primitives.DigestItem](): {primitives.Other{}, primitives.Consensus{}, primitives.Seal{}, primitives.PreRuntime{},
		primitives.RuntimeEnvironmentUpdated{}},
	reflect.TypeFor[primitives.GRANDPAMessage](): {primitives.Prevote{}, primitives.Precommit{}, primitives.PrimaryPropose{}},
	reflect.TypeFor[primitives.GRANDPALog](): {primitives.ScheduledChange{}, primitives.ForcedChange{}, primitives.GRANDPAOnDisabled{},
		primitives.Pause{}, primitives.Resume{}},
	reflect.TypeFor[primitives.MultiAddress](): {primitives.AddressID{}, primitives.AddressIndex{}, primitives.AddressRaw{},
		primitives.Address32{}, primitives.Address20{}},
	reflect.TypeFor[primitives.MultiSignature]():      {primitives.ED25519Signature{}, primitives.SR25519Signature{}, primitives.ECDSASignature{}},
	reflect.TypeFor[primitives.ValidityAttestation](): {primitives.ImplicitAttestation{}, primitives.ExplicitAttestation{}},
	reflect.TypeFor[primitives.DisputeStatement]():    {primitives.DisputeValid{}, primitives.DisputeInvalid{}},
	reflect.TypeFor[primitives.ValidDisputeKind](): {primitives.ValidExplicit{}, primitives.ValidBackingSeconded{}, primitives.ValidBackingValid{},
		primitives.ValidApproval{}, primitives.ValidApprovalMultiple{}},
}

// fill sets v, which must be settable, to a drawn value of its type.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[scale.BitVec]():
		bits := scale.NewBitVec(rapid.IntRange(0, 40).Draw(t, "bits"))
		for i := range bits.Len() {
			bits.Set(i, rapid.Bool().Draw(t, "bit"))
		}
		v.Set(reflect.ValueOf(bits))
		return
	case reflect.TypeFor[primitives.Era]():
		if rapid.Bool().Draw(t, "mortal") {
			v.Set(reflect.ValueOf(primitives.MortalEra(rapid.Uint32Range(0, 1<<17).Draw(t, "period"), primitives.BlockNumber(rapid.Uint32().Draw(t, "current")))))
		}
		return
	case reflect.TypeFor[primitives.StatementKind]():
		v.SetUint(uint64(rapid.IntRange(1, 2).Draw(t, "kind")))
		return
	case reflect.TypeFor[primitives.AllowedSlots]():
		v.SetUint(uint64(rapid.IntRange(0, 2).Draw(t, "slots")))
		return
	case reflect.TypeFor[primitives.InvalidDisputeKind]():
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		cases := variants[v.Type()]
		if cases == nil {
			t.Fatalf("no variants of %s", v.Type())
		}
		drawn := reflect.New(reflect.TypeOf(rapid.SampledFrom(cases).Draw(t, "variant"))).Elem()
		fill(t, drawn)
		v.Set(drawn)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Slice:
		if n := rapid.IntRange(0, 4).Draw(t, "length"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "some") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	default: // integers of all sizes: small ones, and every bit pattern
		v.SetUint(rapid.Uint64().Draw(t, "integer") & (1<<(8*v.Type().Size()) - 1))
	}
}

// roundTrip draws values of T, decodes their encodings, and decodes encodings
// with a byte changed.
func roundTrip[T scale.Marshaler, P interface {
	*T
	scale.Unmarshaler
}](t *testing.T) {
	var zero T
	t.Run(fmt.Sprintf("%T", zero), func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			v := new(T)
			fill(r, reflect.ValueOf(v).Elem())
			encoded := scale.Marshal(*v)
			back := new(T)
			if err := scale.Unmarshal(encoded, P(back)); err != nil {
				r.Fatalf("%+v encodes to %x, which does not decode: %v", *v, encoded, err)
			}
			if string(scale.Marshal(*back)) != string(encoded) {
				r.Fatalf("%+v comes back as %+v", *v, *back)
			}
			if len(encoded) > 0 && rapid.IntRange(0, 9).Draw(r, "change") == 0 {
				encoded[rapid.IntRange(0, len(encoded)-1).Draw(r, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
				_ = scaletest.Type[T, P](t, encoded)
			}
		})
	})
}

func TestQuickRoundTrip(t *testing.T) {
	roundTrip[primitives.Block](t)
	roundTrip[primitives.ParachainsInherentData](t)
	roundTrip[primitives.GRANDPAJustification](t)
	roundTrip[primitives.CompactCommit](t)
	roundTrip[primitives.SignedMessage](t)
	roundTrip[primitives.SignedPrevote](t)
	roundTrip[primitives.ExtrinsicSignature](t)
	roundTrip[primitives.SignedImplicit](t)
	roundTrip[primitives.AvailableData](t)
	roundTrip[primitives.ValidationParams](t)
	roundTrip[primitives.ValidationResult](t)
	roundTrip[primitives.NextEpochData](t)
	roundTrip[primitives.NextConfigData](t)
	roundTrip[primitives.ForcedChange](t)
	roundTrip[primitives.PrimaryClaim](t)
	roundTrip[primitives.SignedStatement](t)
	roundTrip[primitives.InboundHRMPMessage](t)
	roundTrip[primitives.Justification](t)
}

func drawBalance(t *rapid.T, name string) (primitives.Balance, *big.Int) {
	shift := rapid.IntRange(0, 127).Draw(t, name+" bits")
	b := primitives.Balance{Lo: rapid.Uint64().Draw(t, name+" low"), Hi: rapid.Uint64().Draw(t, name+" high")}
	v := new(big.Int).Rsh(bigOf(b), uint(shift))
	return balanceOf(v), v
}

func bigOf(b primitives.Balance) *big.Int {
	v := new(big.Int).SetUint64(b.Hi)
	return v.Add(v.Lsh(v, 64), new(big.Int).SetUint64(b.Lo))
}

func balanceOf(v *big.Int) primitives.Balance {
	return primitives.Balance{Lo: new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Uint64(), Hi: new(big.Int).Rsh(v, 64).Uint64()}
}

// TestQuickBalance compares the arithmetic with that of big integers.
func TestQuickBalance(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 128)
	rapid.Check(t, func(t *rapid.T) {
		a, x := drawBalance(t, "a")
		b, y := drawBalance(t, "b")
		m := max(1, rapid.Uint64().Draw(t, "m")>>rapid.IntRange(0, 63).Draw(t, "shift"))
		big64 := new(big.Int).SetUint64(m)
		// fits compares a checked and a saturating result with the exact one.
		fits := func(what string, got primitives.Balance, ok bool, saturated primitives.Balance, want *big.Int) {
			inside := want.Sign() >= 0 && want.Cmp(limit) < 0
			bound := primitives.MaxBalance
			if want.Sign() < 0 {
				bound = primitives.Balance{}
			}
			if ok != inside || inside && (bigOf(got).Cmp(want) != 0 || saturated != got) || !inside && saturated != bound {
				t.Fatalf("%s %s, %s (%d): %s, %t, saturating %s, want %s", x, what, y, m, got, ok, saturated, want)
			}
		}
		sum, ok := a.CheckedAdd(b)
		fits("+", sum, ok, a.SaturatingAdd(b), new(big.Int).Add(x, y))
		diff, ok := a.CheckedSub(b)
		fits("-", diff, ok, a.SaturatingSub(b), new(big.Int).Sub(x, y))
		product, ok := a.CheckedMul(m)
		fits("*", product, ok, a.SaturatingMul(m), new(big.Int).Mul(x, big64))
		quotient, remainder := a.DivMod(m)
		if q, r := new(big.Int).DivMod(x, big64, new(big.Int)); bigOf(quotient).Cmp(q) != 0 || remainder != r.Uint64() {
			t.Fatalf("%s / %d: %s, %d, want %s, %s", x, m, quotient, remainder, q, r)
		}
		if a.Cmp(b) != x.Cmp(y) || a.Less(b) != (x.Cmp(y) < 0) || a.IsZero() != (x.Sign() == 0) {
			t.Fatalf("comparison of %s and %s", x, y)
		}
		if back, err := primitives.ParseBalance(a.String()); a.String() != x.String() || err != nil || back != a {
			t.Fatalf("%s prints as %s and reads back as %s (%v)", x, a, back, err)
		}
		var compact primitives.Balance
		d := scale.NewDecoder(a.AppendCompact(nil))
		if compact.DecodeCompact(d); compact != a || d.Finish() != nil {
			t.Fatalf("%s comes back from its compact form as %s (%v)", x, compact, d.Err())
		}
	})
}

func TestParseBalance(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "007": "7", "1_000_000": "1000000", "340282366920938463463374607431768211455": "340282366920938463463374607431768211455",
		"340282366920938463463374607431768211456": "", "": "", "_1": "", "+1": "", "-1": "", "1.0": "", "1e3": "", " 1": "", "0x10": "",
	} {
		got, err := primitives.ParseBalance(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q is %s (%v), want %q", text, got, err, want)
		}
	}
}
