// Package request asks one peer for one thing: a request and its response over a
// libp2p stream of their own.
//
// It decides who is answered and when to give up: every size is checked before
// memory is taken, every stream ends by the deadline of its protocol, a peer can
// have only so many requests open and a protocol only so many waiting. It does
// not know what the bytes mean, whom to ask, or when to ask again.
//
// Inputs are [Service.Do] from inside and streams from peers; outputs are the
// response or an error that says why: one of the Reasons of this package, or the
// [Refusal] that the peer gave.
//
// On the wire (all integers little-endian):
//
//	request   u32 length ‖ payload
//	response  u8 status  ‖ u32 length ‖ payload
//
// Status 0 is an answer; status 1 is a refusal, whose payload is the reason in at
// most 256 bytes of printable ASCII.
package request
