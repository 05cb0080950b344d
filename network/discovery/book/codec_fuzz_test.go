package book_test

import (
	"testing"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[book.Address](),
		scaletest.Of[book.Announcement](),
		scaletest.Of[book.Digest](),
		scaletest.Of[book.Entry](),
		scaletest.Of[book.List](),
		scaletest.Of[book.Record](),
		scaletest.Of[book.Signed](),
		scaletest.Of[book.Version](),
		scaletest.OfEnum(book.DecodeMessage, book.AppendMessage),
	)
}
