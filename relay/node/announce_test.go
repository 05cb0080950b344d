package node

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestAnnouncedBodyMustBeTheBlocksOwn(t *testing.T) {
	body := []primitives.Extrinsic{{4, 1}, {4, 2}}
	header := primitives.Header{Number: 1, ExtrinsicsRoot: executive.ExtrinsicsRoot(body)}
	for name, test := range map[string]struct {
		announced chain.Announcement
		want      bool
	}{
		"header":     {chain.AnnouncedHeader{Header: header}, true},
		"whole":      {chain.AnnouncedBlock{Block: primitives.Block{Header: header, Extrinsics: body}}, true},
		"no body":    {chain.AnnouncedBlock{Block: primitives.Block{Header: header}}, false},
		"other body": {chain.AnnouncedBlock{Block: primitives.Block{Header: header, Extrinsics: []primitives.Extrinsic{{4, 1}, {4, 3}}}}, false},
	} {
		if got := ownBody(test.announced); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
