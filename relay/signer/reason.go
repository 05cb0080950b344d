package signer

// Reason says why something was not signed or not opened. Reasons are part of
// the API: logs and metrics print them. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a message is not signed.
const (
	ErrNoKey    = Reason("signer does not hold this key")
	ErrMessage  = Reason("message is not one that can be signed")
	ErrConflict = Reason("another message was signed in its place")
	ErrPast     = Reason("a later message was signed")
	ErrSeconded = Reason("as many candidates were seconded as the relay parent allows")
	ErrWaiting  = Reason("guard was missing or corrupt, the key waits until what it may have signed is past")
	// ErrForeign: the network has something that a key of this node signed and that
	// its guard does not know.
	ErrForeign = Reason("key signed what this node's guard does not know: another node uses the key, or this directory is an old copy")
	ErrClosed  = Reason("signer is closed")
	ErrFull    = Reason("guard holds as many records as it may")
)

// Reasons for which a guard, directory or key does not open.
const (
	ErrCorrupt     = Reason("guard is corrupt")
	ErrNewer       = Reason("guard was written by a newer version")
	ErrLocked      = Reason("another rampart process uses this directory")
	ErrKeyFile     = Reason("key file does not hold the secret URI of the key in its name")
	ErrKeyType     = Reason("key type is not one of a session key")
	ErrScheme      = Reason("session keys of this type are of another scheme")
	ErrPublic      = Reason("public key is not that of the secret URI")
	ErrKeys        = Reason("keystore has as many keys of this type as it may: remove the files of keys that no session uses, and start the node again")
	ErrNoDirectory = Reason("keystore has no directory to write to")
)

// ErrFatal marks errors after which nothing is signed any more: a record did
// not reach the disk for certain. The process must end.
const ErrFatal = Reason("guard could not be made durable, nothing is signed any more")
