//go:build !wasip1

package vrf_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

type transcript struct {
	Label string
	Items []struct{ Label, Data string }
}

// file is testdata/vectors/vrf.json; all values are hexadecimal.
type file struct {
	Cases []struct {
		Seed, Public, Entropy, Proof string
		Transcript                   transcript
		Extra                        *transcript
		PreOutput                    string `json:"pre_output"`
		Bytes                        []struct{ Context, Hex string }
	}
	Verify []struct {
		Name, Public, Proof string
		Transcript          transcript
		Extra               *transcript
		PreOutput           string `json:"pre_output"`
		Valid               bool
	}
}

func load(t testing.TB) file {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/vrf.json")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) == 0 || len(f.Verify) == 0 {
		t.Fatal("vectors are missing")
	}
	return f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// build returns v as a Transcript; nil is the default extra.
func build(t testing.TB, v *transcript) vrf.Transcript {
	t.Helper()
	if v == nil {
		return vrf.DefaultExtra()
	}
	out := vrf.NewTranscript(v.Label)
	for _, it := range v.Items {
		out = out.Append(it.Label, unhex(t, it.Data))
	}
	return out
}

func TestVectors(t *testing.T) {
	f := load(t)
	for i, v := range f.Cases {
		k := sr25519.FromSeed([32]byte(unhex(t, v.Seed)))
		in, extra := build(t, &v.Transcript), build(t, v.Extra)
		pre, proof := vrf.SignExtra(k, in, extra, [32]byte(unhex(t, v.Entropy)))
		if got := hex.EncodeToString(pre[:]); got != v.PreOutput {
			t.Errorf("case %d pre-output: got %s want %s", i, got, v.PreOutput)
		}
		if got := hex.EncodeToString(proof[:]); got != v.Proof {
			t.Errorf("case %d proof: got %s want %s", i, got, v.Proof)
		}
		io, ok := vrf.VerifyExtra(k.Public(), in, extra, [32]byte(unhex(t, v.PreOutput)), [64]byte(unhex(t, v.Proof)))
		if !ok {
			t.Errorf("case %d does not verify", i)
			continue
		}
		if io.PreOutput() != pre {
			t.Errorf("case %d verified pre-output: got %x want %x", i, io.PreOutput(), pre)
		}
		for _, b := range v.Bytes {
			want := unhex(t, b.Hex)
			if got := io.MakeBytes(b.Context, len(want)); !bytes.Equal(got, want) {
				t.Errorf("case %d bytes for %s: got %x want %x", i, b.Context, got, want)
			}
			if got := vrf.Evaluate(k, in).MakeBytes(b.Context, len(want)); !bytes.Equal(got, want) {
				t.Errorf("case %d evaluated bytes for %s: got %x want %x", i, b.Context, got, want)
			}
		}
	}
	for _, v := range f.Verify {
		io, ok := vrf.VerifyExtra([32]byte(unhex(t, v.Public)), build(t, &v.Transcript), build(t, v.Extra),
			[32]byte(unhex(t, v.PreOutput)), [64]byte(unhex(t, v.Proof)))
		if ok != v.Valid || (io != nil) != v.Valid {
			t.Errorf("%s: got %v want %v", v.Name, ok, v.Valid)
		}
	}
}

func TestBabeTranscript(t *testing.T) {
	randomness := [32]byte{1, 2, 3}
	want := vrf.NewTranscript("BABE").
		Append("slot number", []byte{7, 0, 0, 0, 0, 0, 0, 0}).
		Append("current epoch", []byte{0, 1, 0, 0, 0, 0, 0, 0}).
		Append("chain randomness", randomness[:])
	if got := vrf.BabeTranscript(randomness, 7, 256); !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("got %x want %x", got.Bytes(), want.Bytes())
	}
	k := sr25519.FromSeed([32]byte{1})
	pre, proof := vrf.Sign(k, want, [32]byte{})
	if _, ok := vrf.Verify(k.Public(), vrf.BabeTranscript(randomness, 7, 256), pre, proof); !ok {
		t.Error("claim on the same transcript does not verify")
	}
}

func TestTranscript(t *testing.T) {
	t.Run("append leaves the old value", func(t *testing.T) {
		base := vrf.NewTranscript("l").Append("a", []byte{1}).Append("b", nil)
		one, two := base.Append("c", []byte{2}), base.Append("c", []byte{3})
		if bytes.Equal(one.Bytes(), two.Bytes()) || bytes.Equal(one.Bytes(), base.Bytes()) {
			t.Errorf("got %x %x %x", base.Bytes(), one.Bytes(), two.Bytes())
		}
	})
	t.Run("data is copied", func(t *testing.T) {
		data := []byte{1}
		tr := vrf.NewTranscript("l").Append("a", data)
		before := tr.Bytes()
		data[0] = 2
		if !bytes.Equal(tr.Bytes(), before) {
			t.Errorf("got %x want %x", tr.Bytes(), before)
		}
	})
	t.Run("encoding tells borders apart", func(t *testing.T) {
		a := vrf.NewTranscript("l").Append("ab", []byte("c"))
		b := vrf.NewTranscript("l").Append("a", []byte("bc"))
		if bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("both %x", a.Bytes())
		}
	})
}

func TestAttach(t *testing.T) {
	k := sr25519.FromSeed([32]byte{1})
	in := vrf.BabeTranscript([32]byte{}, 1, 2)
	want := vrf.Evaluate(k, in)
	io, ok := vrf.Attach(k.Public(), in, want.PreOutput())
	if !ok || !bytes.Equal(io.MakeBytes(vrf.ContextBabe, 16), want.MakeBytes(vrf.ContextBabe, 16)) {
		t.Errorf("got %v, %v", io, ok)
	}
	for _, bad := range [][32]byte{{}, {0: 0xff, 31: 0xff}} {
		if io, ok := vrf.Attach(k.Public(), in, bad); ok || io != nil {
			t.Errorf("pre-output %x: got %v", bad, ok)
		}
	}
}

// No bytes make Verify panic, and none but the signer's verify.
func FuzzVerify(f *testing.F) {
	k := sr25519.FromSeed([32]byte{1})
	in := vrf.BabeTranscript([32]byte{}, 1, 2)
	pre, proof := vrf.Sign(k, in, [32]byte{})
	pub := k.Public()
	good := append(append(append([]byte{}, pub[:]...), pre[:]...), proof[:]...)
	f.Add(good)
	f.Add(make([]byte, 128))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != 128 {
			return
		}
		_, ok := vrf.Verify([32]byte(b[:32]), in, [32]byte(b[32:64]), [64]byte(b[64:]))
		if ok && !bytes.Equal(b[:64], good[:64]) {
			t.Errorf("verified %x", b)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	k := sr25519.FromSeed([32]byte{1})
	for b.Loop() {
		vrf.Sign(k, vrf.BabeTranscript([32]byte{}, 1, 2), [32]byte{})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	k := sr25519.FromSeed([32]byte{1})
	for b.Loop() {
		vrf.Evaluate(k, vrf.BabeTranscript([32]byte{}, 1, 2)).MakeBytes(vrf.ContextBabe, 16)
	}
}

func BenchmarkVerify(b *testing.B) {
	k := sr25519.FromSeed([32]byte{1})
	pre, proof := vrf.Sign(k, vrf.BabeTranscript([32]byte{}, 1, 2), [32]byte{})
	for b.Loop() {
		if _, ok := vrf.Verify(k.Public(), vrf.BabeTranscript([32]byte{}, 1, 2), pre, proof); !ok {
			b.Fatal("refused")
		}
	}
}
