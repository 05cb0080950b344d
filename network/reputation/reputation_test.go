package reputation

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const start = primitives.Millis(1_000_000)

func TestBanAndEnd(t *testing.T) {
	b := New(Params{})
	if b.Report(start, "eve", InvalidBlock) {
		t.Fatal("banned for one invalid block")
	}
	if !b.Report(start+1, "eve", InvalidBlock) {
		t.Fatal("not banned for two invalid blocks")
	}
	until, banned := b.Banned(start+2, "eve")
	if !banned || until != start+1+600_000 {
		t.Fatalf("got until %d, %v", until, banned)
	}
	if next, ok := b.Next(); !ok || next != until {
		t.Errorf("next: got %d, %v, want %d", next, ok, until)
	}
	if b.Report(start+3, "eve", InvalidBlock) {
		t.Error("banned twice at once")
	}
	if _, banned := b.Banned(until, "eve"); banned {
		t.Error("ban does not end")
	}
	if got := b.Score(until, "eve"); got != 0 {
		t.Errorf("score after the ban: got %d, want 0", got)
	}
}

func TestLatenessNeverBans(t *testing.T) {
	b := New(Params{})
	for i := range 100_000 {
		for _, r := range []Reason{Timeout, Late, Refused} {
			if b.Report(start+primitives.Millis(i), "slow", r) {
				t.Fatalf("banned after %d late messages", i)
			}
		}
	}
	if b.Score(start+100_000, "slow") >= 0 {
		t.Error("lateness does not lower the score")
	}
	if b.Report(start+100_000, "slow", InvalidBlock) {
		t.Error("lateness counted towards a ban")
	}
}

func TestFaultsFade(t *testing.T) {
	b := New(Params{})
	now := start
	for i := range 1000 { // one malformed message every 20 s for hours
		if b.Report(now, "clumsy", Malformed) {
			t.Fatalf("banned after %d faults that faded", i)
		}
		now += 20_000
	}
	for i := range 10 {
		if b.Report(now, "clumsy", Malformed) {
			return
		}
		if i == 9 {
			t.Error("ten more at once do not ban")
		}
	}
}

func TestEveryReasonHasACost(t *testing.T) {
	for _, r := range []Reason{
		Malformed, Oversize, InvalidMessage, BadSignature, InvalidBlock, InvalidProof, UnlinkedBlocks,
		UselessResponse, Timeout, Refused, Late,
	} {
		b := New(Params{})
		b.Report(start, "p", r)
		if b.Score(start, "p") >= 0 {
			t.Errorf("%q costs nothing", r)
		}
	}
}

func TestBookIsBounded(t *testing.T) {
	b := New(Params{Peers: 8})
	b.Report(start, "eve", InvalidBlock)
	b.Report(start, "eve", InvalidBlock)
	for i := range 1000 {
		b.Report(start, protocol.PeerID(fmt.Sprint(i)), Late)
	}
	if len(b.peers) != 8 {
		t.Errorf("remembers %d peers, want 8", len(b.peers))
	}
	if _, banned := b.Banned(start, "eve"); !banned {
		t.Error("the ban was forgotten for the sake of harmless peers")
	}
}
