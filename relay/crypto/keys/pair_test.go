//go:build !wasip1

package keys_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ecdsa"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

// pairFile is testdata/vectors/pair.json, made by sp-core as subkey calls it.
type pairFile struct {
	Good []struct {
		Scheme, URI, Public, Account string
		Password, Seed               *string
		IsPhrase                     bool   `json:"is_phrase"`
		SS58Public                   string `json:"ss58_public"`
		SS58Account                  string `json:"ss58_account"`
		Polkadot                     string `json:"ss58_polkadot"`
		Wide                         string `json:"ss58_wide"` // prefix 1284
	}
	Bad []struct {
		Scheme, URI, Error string
		Password           *string
	}
	Signatures []struct {
		Scheme, URI, Message, Signature string
		Deterministic                   bool
	}
}

func pairOf(scheme, uri string, password *string) (keys.Pair, error) {
	s, err := keys.ParseScheme(scheme)
	if err != nil {
		return keys.Pair{}, err
	}
	u, err := keys.ParseURI(uri)
	if err != nil {
		return keys.Pair{}, err
	}
	if password != nil {
		u.Password = *password
	}
	return u.Pair(s)
}

func TestVectorsPair(t *testing.T) {
	f := load[pairFile](t, "pair.json")
	if len(f.Good) < 100 || len(f.Bad) < 50 {
		t.Fatalf("%d good and %d bad vectors", len(f.Good), len(f.Bad))
	}
	for _, v := range f.Good {
		pair, err := pairOf(v.Scheme, v.URI, v.Password)
		if err != nil {
			t.Errorf("%s %q: %v", v.Scheme, v.URI, err)
			continue
		}
		account := pair.Scheme().Account(pair.Public())
		if hex.EncodeToString(pair.Public()) != v.Public || hex.EncodeToString(account[:]) != v.Account {
			t.Errorf("%s %q: got %x of %x, want %s of %s", v.Scheme, v.URI, pair.Public(), account, v.Public, v.Account)
		}
		seed, ok := pair.Seed()
		if ok != (v.Seed != nil) || ok && hex.EncodeToString(seed[:]) != *v.Seed {
			t.Errorf("%s %q: seed %x %t, want %v", v.Scheme, v.URI, seed, ok, v.Seed)
		}
		if _, err := keys.Entropy(v.URI); (err == nil) != v.IsPhrase {
			t.Errorf("%q: a phrase: %v, want %t", v.URI, err, v.IsPhrase)
		}
		key, err := ss58.EncodeKey(pair.Public(), ss58.Generic)
		if err != nil || key != v.SS58Public {
			t.Errorf("%s %q: key %s, %v, want %s", v.Scheme, v.URI, key, err, v.SS58Public)
		}
		if back, prefix, err := ss58.DecodeKey(key, pair.Scheme().PublicSize()); err != nil || prefix != ss58.Generic || string(back) != string(pair.Public()) {
			t.Errorf("%s: %x %d, %v", key, back, prefix, err)
		}
		for prefix, want := range map[uint16]string{ss58.Generic: v.SS58Account, ss58.Polkadot: v.Polkadot, 1284: v.Wide} {
			if got := address(t, account, prefix); got != want {
				t.Errorf("%s %q: got %s want %s", v.Scheme, v.URI, got, want)
			}
		}
	}
	for _, v := range f.Bad {
		if pair, err := pairOf(v.Scheme, v.URI, v.Password); err == nil {
			t.Errorf("%s %q is %x, sp-core says %s", v.Scheme, v.URI, pair.Public(), v.Error)
		}
	}
}

func TestVectorsPairSignatures(t *testing.T) {
	f := load[pairFile](t, "pair.json")
	if len(f.Signatures) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, v := range f.Signatures {
		pair, err := pairOf(v.Scheme, v.URI, nil)
		if err != nil {
			t.Fatal(err)
		}
		message, err := hex.DecodeString(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		want, err := hex.DecodeString(v.Signature)
		if err != nil {
			t.Fatal(err)
		}
		scheme, public := pair.Scheme(), pair.Public()
		got := pair.Sign(message, [32]byte{})
		if v.Deterministic && string(got) != string(want) {
			t.Errorf("%s %q: got %x want %x", v.Scheme, v.URI, got, want)
		}
		for what, signature := range map[string][]byte{"theirs": want, "ours": got} {
			if !scheme.Verify(public, message, signature) {
				t.Errorf("%s %q: %s does not hold", v.Scheme, v.URI, what)
			}
			signature[5] ^= 1
			if scheme.Verify(public, message, signature) || scheme.Verify(public[1:], message, signature) || scheme.Verify(public, message, signature[1:]) {
				t.Errorf("%s %q: %s holds when broken", v.Scheme, v.URI, what)
			}
		}
	}
}

func TestPairRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		scheme, uri string
		want        error
	}{
		"soft ed25519":   {"ed25519", "//Alice/soft", keys.ErrSoftJunction},
		"soft ECDSA":     {"ecdsa", "//Alice/soft", keys.ErrSoftJunction},
		"ECDSA seed":     {"ecdsa", "0x0000000000000000000000000000000000000000000000000000000000000000", ecdsa.ErrSeed},
		"unknown scheme": {"bls381", "//Alice", keys.ErrScheme},
	} {
		if _, err := pairOf(test.scheme, test.uri, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	pair, err := pairOf("sr25519", "//Alice", nil)
	if err != nil || pair.String() != "keys.Pair(…)" {
		t.Errorf("a pair prints as %s, %v", pair, err)
	}
}
