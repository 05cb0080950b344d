// Package supervise runs the loops of a process and ends them together: when one
// fails, when one ends by itself, when one is silent for too long, or when the
// context ends. What does not end in time is named and left behind: the process
// must end then.
//
// A loop says that it is alive through its Beat, at least every Idle, also when it
// has nothing to do. It must not do so from another goroutine than its own.
//
// An Urgency lets what can wait make way for what is due.
//
// The package knows nothing of what the loops do.
package supervise
