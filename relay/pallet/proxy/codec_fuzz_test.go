package proxy_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package but those of calls with calls in
// them, which only a runtime can read.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[proxy.AddProxy](),
		scaletest.Of[proxy.Announce](),
		scaletest.Of[proxy.Announced](),
		scaletest.Of[proxy.Announcement](),
		scaletest.Of[proxy.AnnouncementList](),
		scaletest.Of[proxy.CreatePure](),
		scaletest.Of[proxy.Definition](),
		scaletest.Of[proxy.KillPure](),
		scaletest.Of[proxy.ProxyAdded](),
		scaletest.Of[proxy.ProxyExecuted](),
		scaletest.Of[proxy.ProxyList](),
		scaletest.Of[proxy.ProxyRemoved](),
		scaletest.Of[proxy.PureCreated](),
		scaletest.Of[proxy.RejectAnnouncement](),
		scaletest.Of[proxy.RemoveAnnouncement](),
		scaletest.Of[proxy.RemoveProxies](),
		scaletest.Of[proxy.RemoveProxy](),
		scaletest.Of[proxy.Type](),
	)
}
