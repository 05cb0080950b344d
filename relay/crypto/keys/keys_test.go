//go:build !wasip1

package keys_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

// rustFile is testdata/vectors/uri.json, made by sp-core.
type rustFile struct {
	Good []struct {
		URI     string
		Public  string  `json:"sr25519_public"`
		Scalar  string  `json:"sr25519_scalar"`
		Address string  `json:"sr25519_address"`
		Edwards *string `json:"ed25519_public"` // null with soft junctions
	}
	Bad []struct{ URI, Error string }
}

// jsFile is testdata/vectors/polkadotjs.json, made by @polkadot/keyring.
type jsFile struct {
	Keys []struct {
		Type, URI, Public, Address, Message, Signature string

		Polkadot string `json:"polkadot_address"`
	}
	Phrases []struct {
		Phrase, Password, Entropy string
		MiniSecret                string `json:"mini_secret"`
	}
}

func load[T any](t testing.TB, name string) (f T) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func address(t testing.TB, account [32]byte, prefix uint16) string {
	t.Helper()
	s, err := ss58.Encode(account, prefix)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reason maps the start of sp-core's errors to ours.
func reason(t testing.TB, message string) error {
	t.Helper()
	for prefix, err := range map[string]error{
		"InvalidPhrase":                    keys.ErrPhrase,
		"InvalidSeed":                      keys.ErrSeed,
		"InvalidFormat(MissingCharacterIn": keys.ErrJunction,
		"InvalidFormat(InvalidCharacterIn": keys.ErrCharacter,
	} {
		if strings.HasPrefix(message, prefix) {
			return err
		}
	}
	t.Fatalf("no reason for %q", message)
	return nil
}

func TestVectorsRust(t *testing.T) {
	f := load[rustFile](t, "uri.json")
	if len(f.Good) == 0 || len(f.Bad) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, v := range f.Good {
		k, err := keys.Sr25519(v.URI)
		if err != nil {
			t.Errorf("%q: %v", v.URI, err)
			continue
		}
		public, secret := k.Public(), k.Bytes()
		if got := hex.EncodeToString(public[:]); got != v.Public {
			t.Errorf("%q: got %s want %s", v.URI, got, v.Public)
		}
		if got := hex.EncodeToString(secret[:32]); got != v.Scalar {
			t.Errorf("%q scalar: got %s want %s", v.URI, got, v.Scalar)
		}
		if got := address(t, public, ss58.Generic); got != v.Address {
			t.Errorf("%q: got %s want %s", v.URI, got, v.Address)
		}
		e, err := keys.Ed25519(v.URI)
		if v.Edwards == nil {
			if !errors.Is(err, keys.ErrSoftJunction) {
				t.Errorf("%q ed25519: got %v want %v", v.URI, err, keys.ErrSoftJunction)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q ed25519: %v", v.URI, err)
			continue
		}
		if got := e.Public(); hex.EncodeToString(got[:]) != *v.Edwards {
			t.Errorf("%q ed25519: got %x want %s", v.URI, got, *v.Edwards)
		}
	}
	for _, v := range f.Bad {
		want := reason(t, v.Error)
		if _, err := keys.Sr25519(v.URI); !errors.Is(err, want) {
			t.Errorf("%q: got %v want %v", v.URI, err, want)
		}
		if _, err := keys.Ed25519(v.URI); !errors.Is(err, want) {
			t.Errorf("%q ed25519: got %v want %v", v.URI, err, want)
		}
	}
}

func TestVectorsPolkadotJS(t *testing.T) {
	f := load[jsFile](t, "polkadotjs.json")
	if len(f.Keys) == 0 || len(f.Phrases) == 0 {
		t.Fatal("vectors are missing")
	}
	for _, v := range f.Keys {
		raw, err := hex.DecodeString(v.Signature)
		if err != nil {
			t.Fatal(err)
		}
		msg, err := hex.DecodeString(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		var public [32]byte
		var ok bool
		switch v.Type {
		case "sr25519":
			k, err := keys.Sr25519(v.URI)
			if err != nil {
				t.Fatal(err)
			}
			public, ok = k.Public(), sr25519.Verify(k.Public(), msg, [64]byte(raw))
		case "ed25519":
			k, err := keys.Ed25519(v.URI)
			if err != nil {
				t.Fatal(err)
			}
			public, ok = k.Public(), k.Sign(msg) == ed25519.Signature(raw)
		}
		if hex.EncodeToString(public[:]) != v.Public || address(t, public, ss58.Generic) != v.Address ||
			address(t, public, ss58.Polkadot) != v.Polkadot {
			t.Errorf("%s %s: got %x want %s", v.Type, v.URI, public, v.Public)
		}
		if !ok {
			t.Errorf("%s %s: signature differs", v.Type, v.URI)
		}
	}
	for _, v := range f.Phrases {
		entropy, err := keys.Entropy(v.Phrase)
		if err != nil || hex.EncodeToString(entropy) != v.Entropy {
			t.Errorf("entropy of %q: got %x, %v want %s", v.Phrase, entropy, err, v.Entropy)
		}
		seed, err := keys.FromPhrase(v.Phrase, v.Password)
		if err != nil || hex.EncodeToString(seed[:]) != v.MiniSecret {
			t.Errorf("mini secret of %q: got %x, %v want %s", v.Phrase, seed, err, v.MiniSecret)
		}
		if got, err := keys.NewPhrase(entropy); err != nil || got != v.Phrase {
			t.Errorf("phrase of %x: got %q, %v want %q", entropy, got, err, v.Phrase)
		}
	}
}

func TestEntropyRoundTrips(t *testing.T) {
	for n := range 40 {
		for _, fill := range []byte{0, 1, 0x7f, 0xff} {
			entropy := make([]byte, n)
			for i := range entropy {
				entropy[i] = fill * byte(i) // leading zero byte
			}
			phrase, err := keys.NewPhrase(entropy)
			if n < 16 || n > 32 || n%4 != 0 {
				if !errors.Is(err, keys.ErrEntropy) {
					t.Errorf("%d bytes: got %v want %v", n, err, keys.ErrEntropy)
				}
				if _, err := keys.MiniSecret(entropy, ""); !errors.Is(err, keys.ErrEntropy) {
					t.Errorf("%d bytes: got %v want %v", n, err, keys.ErrEntropy)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := keys.Entropy(phrase); err != nil || string(got) != string(entropy) {
				t.Errorf("%q: got %x, %v want %x", phrase, got, err, entropy)
			}
		}
	}
}

func TestParseURI(t *testing.T) {
	t.Run("parts", func(t *testing.T) {
		u, err := keys.ParseURI("some words/soft//hard/3///pass/word")
		if err != nil || u.Phrase != "some words" || u.Password != "pass/word" || len(u.Junctions) != 3 {
			t.Fatalf("got %q, %q, %d junctions, %v", u.Phrase, u.Password, len(u.Junctions), err)
		}
		for i, hard := range []bool{false, true, false} {
			if u.Junctions[i].Hard != hard {
				t.Errorf("junction %d hard: got %v want %v", i, u.Junctions[i].Hard, hard)
			}
		}
		if got, want := u.Junctions[2].ChainCode, ([32]byte{3}); got != want {
			t.Errorf("numeric junction: got %x want %x", got, want)
		}
	})
	t.Run("limits", func(t *testing.T) {
		if _, err := keys.ParseURI("//" + strings.Repeat("a", keys.MaxURI)); !errors.Is(err, keys.ErrLength) {
			t.Errorf("got %v want %v", err, keys.ErrLength)
		}
		if _, err := keys.ParseURI("//\xff"); !errors.Is(err, keys.ErrCharacter) {
			t.Errorf("got %v want %v", err, keys.ErrCharacter)
		}
	})
	t.Run("prints no secret", func(t *testing.T) {
		u, err := keys.ParseURI("secret///password")
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, u); got != "keys.URI(…)" {
				t.Errorf("%s: got %s", verb, got)
			}
		}
	})
}
