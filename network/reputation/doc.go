// Package reputation prices what peers do wrong and decides when a peer is
// banned.
//
// It decides from reports (peer, [Reason], time) a fault per peer that fades
// with time, a ban when the fault reaches a threshold, and when the ban ends. It
// does not disconnect anyone: network/host does, on the verdict of [Book.Report].
//
// Being late is not being wrong. An overloaded network makes honest nodes late,
// and banning them would finish what the overload began; so reasons of lateness
// make a peer less preferred ([Book.Score]) but never count towards a ban.
package reputation
