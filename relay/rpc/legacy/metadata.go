package legacy

import (
	"context"
	"encoding/json"
	"math"
	"sync"

	crypto "github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Of metadataCache.
const (
	maxMetadata          = 8    // entries
	maxMetadataArguments = 4    // bytes
	minMetadata          = 4096 // bytes of what is worth keeping
)

// metadataCache keeps what runtime calls about metadata gave, as JSON: it takes
// milliseconds to make and every new client asks for it. It changes with the code
// only.
type metadataCache struct {
	// A mutex: every call is a goroutine of its own. It is held while one is made, as
	// after a restart all clients ask for the same at once.
	mu      sync.Mutex
	entries map[metadataKey]json.RawMessage
}

type metadataKey struct {
	code      [32]byte
	name      string
	arguments string
}

// get returns what ask gave before for the key, or gives now.
func (c *metadataCache) get(key metadataKey, ask func() ([]byte, error)) (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if text := c.entries[key]; text != nil {
		return text, nil
	}
	result, err := ask()
	if err != nil {
		return nil, err
	}
	text, err := wire.Bytes(result).MarshalJSON()
	if err != nil {
		return nil, err
	}
	if len(result) < minMetadata {
		return text, nil
	}
	if len(c.entries) >= maxMetadata {
		clear(c.entries)
	}
	c.entries[key] = text
	return text, nil
}

// getMetadata is state_getMetadata: metadata of version 14 without its length.
func (m *methods) getMetadata(_ context.Context, p jsonrpc.Params) (any, error) {
	b, err := m.at(p, 0)
	if err != nil {
		return nil, err
	}
	return m.cached(b, metadataKey{name: "state_getMetadata"}, func() ([]byte, error) {
		result, err := m.call(b, "Metadata_metadata", nil)
		if err != nil {
			return nil, err
		}
		d := scale.NewDecoder(result)
		opaque := d.Bytes(math.MaxInt32)
		return opaque, d.Finish()
	})
}

// cachedCall is a runtime call about metadata.
func (m *methods) cachedCall(b block, name string, arguments []byte) (any, error) {
	ask := func() ([]byte, error) { return m.call(b, name, arguments) }
	if len(arguments) > maxMetadataArguments {
		result, err := ask()
		return wire.Bytes(result), err
	}
	return m.cached(b, metadataKey{name: name, arguments: string(arguments)}, ask)
}

// cached returns what ask gave before with the same code.
func (m *methods) cached(b block, key metadataKey, ask func() ([]byte, error)) (any, error) {
	code, err := b.get([]byte(":code"))
	if err != nil {
		return nil, err
	}
	key.code = crypto.Blake2b256(code)
	return m.metadata.get(key, ask)
}
