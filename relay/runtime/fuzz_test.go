package runtime_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzDecodeCall reads any bytes as a call of any pallet.
func FuzzDecodeCall(f *testing.F) {
	block, _ := newChain(f).build(1, 0)
	for _, x := range block.Extrinsics {
		unchecked, err := primitives.DecodeExtrinsic(x)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(unchecked.Call)
	}
	for _, call := range []frame.Call{system.Remark{Remark: []byte("hi")}, balances.TransferAll{Dest: primitives.AddressRaw{}}} {
		f.Add(runtime.Pallets().AppendCall(nil, call))
	}
	for _, e := range readPolkadotJS(f).Extrinsics {
		f.Add([]byte(e.Call))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Bytes(t, data, runtime.Pallets().DecodeCall, func(call frame.Call) []byte { return runtime.Pallets().AppendCall(nil, call) })
	})
}
