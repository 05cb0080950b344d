package legacy_test

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
)

func TestSystem(t *testing.T) {
	_, c := start(t)
	c.is(`"Rampart"`, "system_name")
	c.is(`"0.1.0"`, "system_version")
	c.is(`"Rampart Test"`, "system_chain")
	c.is(`"Development"`, "system_chainType")
	c.is(`{"ss58Format":42,"tokenDecimals":12,"tokenSymbol":"RMP"}`, "system_properties")
	c.is(`{"peers":1,"isSyncing":false,"shouldHavePeers":true}`, "system_health")
	c.is(`"12D3Koo"`, "system_localPeerId")
	c.is(`[]`, "system_localListenAddresses")
	c.is(`["Authority"]`, "system_nodeRoles")
	c.is(`{"startingBlock":1,"currentBlock":2,"highestBlock":3}`, "system_syncState")
	c.is(`[{"peerId":"12D3Other","roles":"FULL","bestHash":"0x0000000000000000000000000000000000000000000000000000000000000000","bestNumber":0}]`, "system_peers")
	c.is(`[]`, "system_reservedPeers")
	c.is(`null`, "system_addReservedPeer", "/ip4/1.2.3.4/tcp/30333/p2p/12D3Other")
	c.is(`["12D3Other"]`, "system_reservedPeers")
	c.fails(2002, "no /p2p/ in the address", "system_addReservedPeer", "nonsense")
	c.is(`null`, "system_removeReservedPeer", "12D3Other")
	c.is(`[]`, "system_reservedPeers")
	c.fails(jsonrpc.CodeInvalidParams, "at most 0 parameters", "system_chain", 1)
}

// TestAbsent: what a node does not have is no method of its.
func TestAbsent(t *testing.T) {
	chain := rpctest.New(t, false)
	chain.Spec.Type, chain.Spec.Properties = "Betanet", nil
	c := serve(t, jsonrpc.Config{}, legacy.Config{Chain: chain.Chain})
	c.is(`{"Custom":"Betanet"}`, "system_chainType")
	c.is(`{}`, "system_properties")
	methods := read[struct{ Methods []string }](t, c.call("rpc_methods")).Methods
	for _, name := range []string{"system_name", "system_health", "author_submitExtrinsic", "author_unwatchExtrinsic", "author_rotateKeys"} {
		c.fails(jsonrpc.CodeMethodNotFound, "Method not found", name)
		if slices.Contains(methods, name) {
			t.Errorf("%s is listed", name)
		}
	}
	c.is("0", "system_accountNextIndex", address(t, "//Alice", 42))
}

func address(t *testing.T, uri string, prefix uint16) string {
	t.Helper()
	text, err := ss58.Encode(rpctest.Account(t, uri), prefix)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestNextIndex counts transactions in blocks and in the pool, but not those that
// wait for others.
func TestNextIndex(t *testing.T) {
	chain, c := start(t)
	alice, bob := address(t, "//Alice", 42), address(t, "//Bob", 0) // of any prefix
	c.is("0", "system_accountNextIndex", alice)
	for _, nonce := range []primitives.Nonce{0, 1, 3} {
		c.call("author_submitExtrinsic", extrinsic(chain.Transfer("//Alice", nonce, "//Bob", 1)))
	}
	c.is("2", "system_accountNextIndex", alice)
	c.is("0", "account_nextIndex", bob)
	chain.Grow(chain.Genesis, chain.Transfer("//Bob", 0, "//Alice", 1))
	c.is("1", "account_nextIndex", bob)
	c.is("0", "system_accountNextIndex", address(t, "//Nobody", 42))
	c.fails(jsonrpc.CodeInvalidParams, "checksum", "system_accountNextIndex", alice[:len(alice)-1]+"1")
	c.fails(jsonrpc.CodeInvalidParams, "parameter 0", "system_accountNextIndex", 7)
}

func TestDryRun(t *testing.T) {
	chain, c := start(t)
	first := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Bob", 1))
	again := extrinsic(chain.Transfer("//Alice", 0, "//Bob", 1))
	c.is(`"0x0000"`, "system_dryRun", extrinsic(chain.Transfer("//Alice", 1, "//Bob", 1)))
	c.is(`"0x010003"`, "system_dryRun", again) // stale
	c.is(`"0x0000"`, "system_dryRunAt", again, chain.Genesis.Hash.String())
	c.is(`"0x010003"`, "system_dryRunAt", again, first.Hash.String())
	c.fails(2, "Unable to dry run extrinsic", "system_dryRun", "0x1234")
	c.fails(1, "UnknownBlock: Header was not found in the database: 0x07", "system_dryRun", again, primitives.Hash{7}.String())
}
