// Package failpoint names the moments at which a crash could break a promise:
// before and after every write, sync, rename and send of the node. A test arms it
// to end the process at one of them, starts the process again, and looks whether
// the node keeps what it promised.
//
//	failpoint.Here(failpoint.BlockStored)   in a shell, between two lines
//	failpoint.Arm(func(p Point) { … })      in a test's process, before it begins
//	failpoint.All()                         every point, for a test to go through
//
// It decides nothing. In a program that never calls Arm, and no program but tests
// does, Here is a comparison with nil; every point stands beside a system call
// that takes at least a thousand times as long.
//
// The idea is that of etcd's gofail: a name in the source where a failure can be
// asked for from outside. gofail rewrites the source for that; here the code under
// test is the code that is shipped.
package failpoint
