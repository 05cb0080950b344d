package legacy_test

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Every name that is answered. A new one is unsafe, and not here, until somebody
// says otherwise in both places.
var (
	safeNames = []string{
		"account_nextIndex",
		"author_pendingExtrinsics",
		"author_submitAndWatchExtrinsic",
		"author_submitExtrinsic",
		"author_unwatchExtrinsic",
		"chain_getBlock",
		"chain_getBlockHash",
		"chain_getFinalisedHead",
		"chain_getFinalizedHead",
		"chain_getHead",
		"chain_getHeader",
		"chain_getRuntimeVersion",
		"chain_subscribeAllHeads",
		"chain_subscribeFinalisedHeads",
		"chain_subscribeFinalizedHeads",
		"chain_subscribeNewHead",
		"chain_subscribeNewHeads",
		"chain_subscribeRuntimeVersion",
		"chain_unsubscribeAllHeads",
		"chain_unsubscribeFinalisedHeads",
		"chain_unsubscribeFinalizedHeads",
		"chain_unsubscribeNewHead",
		"chain_unsubscribeNewHeads",
		"chain_unsubscribeRuntimeVersion",
		"childstate_getKeys",
		"childstate_getKeysPaged",
		"childstate_getKeysPagedAt",
		"childstate_getStorage",
		"childstate_getStorageEntries",
		"childstate_getStorageHash",
		"childstate_getStorageSize",
		"grandpa_subscribeJustifications",
		"grandpa_unsubscribeJustifications",
		"payment_queryFeeDetails",
		"payment_queryInfo",
		"rpc_methods",
		"state_call",
		"state_callAt",
		"state_getChildReadProof",
		"state_getKeysPaged",
		"state_getKeysPagedAt",
		"state_getMetadata",
		"state_getReadProof",
		"state_getRuntimeVersion",
		"state_getStorage",
		"state_getStorageAt",
		"state_getStorageHash",
		"state_getStorageHashAt",
		"state_getStorageSize",
		"state_getStorageSizeAt",
		"state_queryStorageAt",
		"state_subscribeRuntimeVersion",
		"state_subscribeStorage",
		"state_unsubscribeRuntimeVersion",
		"state_unsubscribeStorage",
		"subscribe_newHead",
		"system_accountNextIndex",
		"system_chain",
		"system_chainType",
		"system_health",
		"system_localListenAddresses",
		"system_localPeerId",
		"system_name",
		"system_nodeRoles",
		"system_properties",
		"system_reservedPeers",
		"system_syncState",
		"system_version",
		"unsubscribe_newHead",
	}
	unsafeNames = []string{
		"author_hasKey",
		"author_hasSessionKeys",
		"author_insertKey",
		"author_rotateKeys",
		"state_getKeys",
		"state_getPairs",
		"state_queryStorage",
		"system_addReservedPeer",
		"system_dryRun",
		"system_dryRunAt",
		"system_peers",
		"system_removeReservedPeer",
	}
)

// TestAccess: who may call only safe methods is refused every other one.
func TestAccess(t *testing.T) {
	chain := rpctest.New(t, false)
	c := serve(t, jsonrpc.Config{Exposure: jsonrpc.SafeOnly}, legacy.Config{
		Chain: chain.Chain, Transactions: chain.Transactions(txpool.Params{}), Network: &node{}, Keys: newKeystore(t),
	})
	methods := read[struct{ Methods []string }](t, c.call("rpc_methods")).Methods
	all := slices.Sorted(slices.Values(slices.Concat(safeNames, unsafeNames)))
	if !slices.Equal(methods, all) {
		t.Errorf("methods %v\nwant %v", methods, all)
	}
	for _, name := range methods {
		_, err := c.ask(name)
		refused := err != nil && err.Code == jsonrpc.CodeMethodNotFound && err.Data == nil
		if want := slices.Contains(unsafeNames, name); refused != want {
			t.Errorf("%s is refused: %t, error %v", name, refused, err)
		}
	}
}
