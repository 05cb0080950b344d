package local_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket/wsjson"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/local"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// TestValidatorsChangeTheirKeys: all validators of a running network get new session
// keys, one by author_insertKey and the others by author_rotateKeys, and register
// them. From the session after the next on they make blocks, include those of a chain
// and finalize with the new ones, and the old ones are good for nothing.
func TestValidatorsChangeTheirKeys(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	c := local.Config{Preset: "fast", Validators: 3}
	served := c.Validators
	if !testing.Short() { // a validation function is built, and compiled in workers
		c.Parachains = 1
		served++
	}
	nodes := start(ctx, t, c, served)
	var changed []session.Keys
	for i := range c.Validators {
		w := dial(ctx, t, nodes[i])
		defer w.socket.CloseNow()
		made := w.newKeys(i == 0)
		changed = append(changed, made)
		w.submit(w.sign(relayRules, "//"+spec.ValidatorName(i)+"//stash", session.SetKeys{Keys: made}))
		w.follow()
	}
	w := dial(ctx, t, nodes[0])
	defer w.socket.CloseNow()
	heads := dial(ctx, t, nodes[1])
	defer heads.socket.CloseNow()
	var id string
	heads.call(&id, "chain_subscribeFinalizedHeads")
	var since uint64
	var before []byte // head of the chain when the new keys had been in charge for a session
	for {
		number := heads.nextFinal()
		block := w.blockAt(number)
		switch new := w.inCharge(block, changed); {
		case !new && since > 0:
			t.Fatalf("block %d: old keys are in charge again", number)
		case new && since == 0:
			since = number
		}
		if since == 0 || number < since+sessionLength {
			continue
		}
		head := w.value(string(paras.Heads.Key(2000)), block)
		if before == nil {
			before = head
		}
		if number >= since+2*sessionLength && (c.Parachains == 0 || !bytes.Equal(head, before)) {
			return
		}
	}
}

// sessionLength is that of the preset fast, in slots.
const sessionLength = 6

// newKeys has the node keep new session keys, made by it or inserted, and returns them.
func (w *wallet) newKeys(inserted bool) (made session.Keys) {
	w.t.Helper()
	var text string
	w.call(&text, "author_rotateKeys")
	raw, err := hex.DecodeString(text[2:])
	if err == nil {
		err = scale.Unmarshal(raw, &made)
	}
	if err != nil {
		w.t.Fatalf("rotated keys %s: %v", text, err)
	}
	if inserted {
		made = w.insertKeys()
	}
	has := false
	for _, key := range made.IDs() {
		if w.call(&has, "author_hasKey", "0x"+hex.EncodeToString(key.Key[:]), string(key.Type[:])); !has {
			w.t.Fatalf("%s key %x is not in the keystore", key.Type, key.Key)
		}
	}
	if w.call(&has, "author_hasSessionKeys", "0x"+hex.EncodeToString(scale.Marshal(made))); !has {
		w.t.Fatal("session keys are not in the keystore")
	}
	unknown := made
	unknown.ParaAssignment[0] ^= 1
	if w.call(&has, "author_hasSessionKeys", "0x"+hex.EncodeToString(scale.Marshal(unknown))); has {
		w.t.Fatal("unknown session keys are in the keystore")
	}
	return made
}

// insertKeys inserts a key of each type.
func (w *wallet) insertKeys() (made session.Keys) {
	w.t.Helper()
	var encoded []byte
	for _, id := range made.IDs() {
		uri := "//New//" + string(id.Type[:])
		public := publicOf(w.t, uri)
		if id.Type == [4]byte{'g', 'r', 'a', 'n'} {
			key, err := keys.Ed25519(uri)
			if err != nil {
				w.t.Fatal(err)
			}
			public = primitives.AccountID(key.Public())
		}
		w.call(new(any), "author_insertKey", string(id.Type[:]), uri, "0x"+hex.EncodeToString(public[:]))
		encoded = append(encoded, public[:]...)
	}
	if err := scale.Unmarshal(encoded, &made); err != nil {
		w.t.Fatal(err)
	}
	return made
}

// nextFinal returns the number of the next block that is final.
func (w *wallet) nextFinal() (number uint64) {
	w.t.Helper()
	var told struct {
		Params struct{ Result struct{ Number string } }
	}
	if err := wsjson.Read(w.ctx, w.socket, &told); err != nil {
		w.t.Fatal(err)
	}
	if _, err := fmt.Sscanf(told.Params.Result.Number, "0x%x", &number); err != nil {
		w.t.Fatal(err)
	}
	return number
}

// blockAt returns the hash of a block, which the node may have a moment after another.
func (w *wallet) blockAt(number uint64) string {
	w.t.Helper()
	for {
		var block *string
		if w.call(&block, "chain_getBlockHash", number); block != nil {
			return *block
		}
	}
}

// value returns a value of the state after a block.
func (w *wallet) value(key string, block string) []byte {
	w.t.Helper()
	var text *string
	w.call(&text, "state_getStorage", "0x"+hex.EncodeToString([]byte(key)), block)
	if text == nil {
		return nil
	}
	value, err := hex.DecodeString((*text)[2:])
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

// inCharge reports whether all authorities after a block are of these keys.
func (w *wallet) inCharge(block string, all []session.Keys) bool {
	w.t.Helper()
	state := frame.NewState(frame.Memory{
		babe.Authorities.Key:    w.value(babe.Authorities.Key, block),
		grandpa.Authorities.Key: w.value(grandpa.Authorities.Key, block),
	})
	makers := !slices.ContainsFunc(babe.Authorities.Get(state), func(a primitives.BABEAuthority) bool {
		return !slices.ContainsFunc(all, func(k session.Keys) bool { return k.BABE == a.Key })
	})
	voters := !slices.ContainsFunc(grandpa.Authorities.Get(state), func(a primitives.GRANDPAAuthority) bool {
		return !slices.ContainsFunc(all, func(k session.Keys) bool { return k.GRANDPA == a.Key })
	})
	if err := state.Err(); err != nil || makers != voters {
		w.t.Fatalf("new keys make blocks %t, vote %t: %v", makers, voters, err)
	}
	return makers
}
