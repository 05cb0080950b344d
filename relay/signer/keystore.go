package signer

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/failpoint"
)

// KeystoreConfig is where keys come from. The zero value is a keystore in
// memory, without keys.
type KeystoreConfig struct {
	// Dir is the directory of key files; empty means keys in memory only.
	Dir string
	// Password is put behind every secret URI that has none.
	Password string
	// Logger may be nil.
	Logger *zap.Logger
}

// Keystore holds secret session keys: those in a directory, in Substrate's
// format, and those added in memory. It is safe for concurrent use; the mutex is
// here because keys are inserted over RPC while others sign.
//
// A key file is named by the key type and the public key in hexadecimal and
// holds the secret URI as a JSON string; its mode is 0600. Other names are
// ignored.
//
// Source: sc-keystore src/local.rs.
type Keystore struct {
	cfg KeystoreConfig

	mu   sync.RWMutex
	keys map[keyName]secret
}

// secret is one key pair; one of both is set.
type secret struct {
	sr *sr25519.SecretKey
	ed *ed25519.SecretKey
}

// maxPublic bounds a public key, in bytes: that of ECDSA is the longest.
const maxPublic = 33

// maxKeys bounds the keys of a type that can be inserted: each that signs has an open
// file.
const maxKeys = 100

// maxKeyFile bounds a key file, in bytes: a URI with every byte escaped.
const maxKeyFile = 6*keys.MaxURI + 2

// OpenKeystore reads all key files of cfg.Dir, which is made if there is none.
// Files that others can read are made private. It returns ErrKeyFile, wrapped
// with the file's name, if a file does not hold the key it is named after.
func OpenKeystore(cfg KeystoreConfig) (*Keystore, error) {
	if cfg.Logger == nil {
		cfg.Logger = zap.NewNop()
	}
	k := &Keystore{cfg: cfg, keys: make(map[keyName]secret)}
	if cfg.Dir == "" {
		return k, nil
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, advise("keystore", cfg.Dir, err)
	}
	names, err := k.unread()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := k.load(name); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// unread returns the keys whose files are in the directory and that k does not hold,
// in the order of their names.
func (k *Keystore) unread() ([]keyName, error) {
	if k.cfg.Dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(k.cfg.Dir)
	if err != nil {
		return nil, advise("keystore", k.cfg.Dir, err)
	}
	var names []keyName
	for _, entry := range entries {
		name, ok := parseKeyName(entry.Name())
		if ok && entry.Name() == name.name() && !k.Has(name.kind, name.public) {
			names = append(names, name)
		}
	}
	return names, nil
}

// load reads the file of a key and holds the key from then on.
func (k *Keystore) load(name keyName) error {
	s, err := k.read(name, filepath.Join(k.cfg.Dir, name.name()))
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[name] = s
	return nil
}

// hasFile is Has for keys of any type: of those that nothing here signs with, it
// looks for the file.
func (k *Keystore) hasFile(kind KeyType, public []byte) bool {
	if kind.known() {
		return len(public) == 32 && k.Has(kind, [32]byte(public))
	}
	if k.cfg.Dir == "" || len(public) > maxPublic {
		return false
	}
	info, err := os.Lstat(filepath.Join(k.cfg.Dir, hex.EncodeToString(kind[:])+hex.EncodeToString(public)))
	return err == nil && info.Mode().IsRegular()
}

// parseKeyName reads the name of a key file.
func parseKeyName(s string) (keyName, bool) {
	var name keyName
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(name.kind)+len(name.public) {
		return keyName{}, false
	}
	copy(name.kind[:], raw)
	copy(name.public[:], raw[len(name.kind):])
	return name, name.kind.known()
}

// read reads one key file.
func (k *Keystore) read(name keyName, path string) (secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return secret{}, err
	}
	if info.Size() > maxKeyFile || !info.Mode().IsRegular() {
		return secret{}, fmt.Errorf("%s: %w", path, ErrKeyFile)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			k.cfg.Logger.Warn("key file can be read by others, make it private", zap.String("file", path), zap.Error(err))
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return secret{}, err
	}
	var uri string
	if json.Unmarshal(raw, &uri) != nil {
		return secret{}, fmt.Errorf("%s: not a JSON string: %w", path, ErrKeyFile)
	}
	public, s, err := k.derive(name.kind, uri)
	if err != nil {
		return secret{}, fmt.Errorf("%s: %w: %w", path, ErrKeyFile, err)
	}
	if public != name.public {
		return secret{}, fmt.Errorf("%s: it holds key %x, perhaps the keystore password is wrong: %w", path, public, ErrKeyFile)
	}
	return s, nil
}

// ReadSr25519 returns the secret of an sr25519 public key of any type, such as Aura, from
// its file in cfg.Dir. The error is fs.ErrNotExist if there is none; ErrKeyFile, wrapped
// with the file's name, if it does not hold the key; ErrScheme for a type of other keys.
func ReadSr25519(cfg KeystoreConfig, kind KeyType, public [32]byte) (*sr25519.SecretKey, error) {
	if kind.Scheme() != keys.SchemeSr25519 {
		return nil, ErrScheme
	}
	cfg.Logger = cmp.Or(cfg.Logger, zap.NewNop())
	name := keyName{kind, public}
	s, err := (&Keystore{cfg: cfg}).read(name, filepath.Join(cfg.Dir, name.name()))
	return s.sr, err
}

// parse reads a secret URI, whose password is that of the keystore if it has none.
func (k *Keystore) parse(uri string) (keys.URI, error) {
	u, err := keys.ParseURI(uri)
	if u.Password == "" {
		u.Password = k.cfg.Password
	}
	return u, err
}

// derive makes the key of a secret URI.
func (k *Keystore) derive(kind KeyType, uri string) (public [32]byte, s secret, err error) {
	u, err := k.parse(uri)
	if err != nil {
		return public, s, err
	}
	if kind == GRANDPA {
		if s.ed, err = u.Ed25519(); err == nil {
			public = s.ed.Public()
		}
		return public, s, err
	}
	if s.sr, err = u.Sr25519(); err == nil {
		public = s.sr.Public()
	}
	return public, s, err
}

// InsertMemory adds the key of a secret URI, such as "//Alice", until the
// process ends. It returns the public key, ErrKeyType or a keys.Reason.
func (k *Keystore) InsertMemory(kind KeyType, uri string) ([32]byte, error) {
	if !kind.known() {
		return [32]byte{}, ErrKeyType
	}
	public, s, err := k.derive(kind, uri)
	if err != nil {
		return [32]byte{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[keyName{kind, public}] = s
	return public, nil
}

// Insert adds the key of a secret URI and writes its file. It returns the
// public key, ErrNoDirectory, ErrKeyType, ErrKeys or a keys.Reason.
func (k *Keystore) Insert(kind KeyType, uri string) ([32]byte, error) {
	switch {
	case k.cfg.Dir == "":
		return [32]byte{}, ErrNoDirectory
	case !kind.known():
		return [32]byte{}, ErrKeyType
	}
	public, s, err := k.derive(kind, uri)
	if err != nil {
		return [32]byte{}, err
	}
	name := keyName{kind, public}
	if !k.Has(kind, public) && len(k.Public(kind)) >= maxKeys {
		return [32]byte{}, ErrKeys
	}
	if err := k.write(name.name(), uri); err != nil {
		return [32]byte{}, advise("keystore", k.cfg.Dir, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[name] = s
	return public, nil
}

// InsertFile writes the file of a key of any type, also of one that nothing here
// signs with, and returns its path and the public key. A running node finds
// it within a slot. It returns ErrNoDirectory, ErrScheme if a session key
// would not be of the scheme that its type has, or an error of keys.URI.Pair.
func (k *Keystore) InsertFile(kind KeyType, scheme keys.Scheme, uri string) (path string, public []byte, err error) {
	switch {
	case k.cfg.Dir == "":
		return "", nil, ErrNoDirectory
	case kind.known() && kind.Scheme() != scheme:
		return "", nil, fmt.Errorf("%w: %s keys are %s", ErrScheme, kind, kind.Scheme())
	}
	u, err := k.parse(uri)
	if err != nil {
		return "", nil, err
	}
	pair, err := u.Pair(scheme)
	if err != nil {
		return "", nil, err
	}
	name := hex.EncodeToString(kind[:]) + hex.EncodeToString(pair.Public())
	if err := k.write(name, uri); err != nil {
		return "", nil, advise("keystore", k.cfg.Dir, err)
	}
	return filepath.Join(k.cfg.Dir, name), pair.Public(), nil
}

// write makes the key file of the name, durably and at once.
func (k *Keystore) write(name, uri string) error {
	text, err := json.Marshal(uri)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(k.cfg.Dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	failpoint.Here(failpoint.KeystoreWrite)
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		failpoint.Here(failpoint.KeystoreRename)
		err = os.Rename(f.Name(), filepath.Join(k.cfg.Dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	failpoint.Here(failpoint.KeystoreName)
	dir, err := os.Open(k.cfg.Dir)
	if err != nil {
		return err
	}
	err = errors.Join(dir.Sync(), dir.Close())
	failpoint.Here(failpoint.KeystoreInserted)
	return err
}

// newPhrase returns twelve random words.
func newPhrase() (string, error) {
	var entropy [16]byte
	rand.Read(entropy[:]) // never fails
	return keys.NewPhrase(entropy[:])
}

// Public returns the public keys of a type, ascending.
func (k *Keystore) Public(kind KeyType) [][32]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var out [][32]byte
	for name := range k.keys {
		if name.kind == kind {
			out = append(out, name.public)
		}
	}
	slices.SortFunc(out, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// Has reports whether k holds the secret of a public key.
func (k *Keystore) Has(kind KeyType, public [32]byte) bool {
	_, ok := k.secret(keyName{kind, public})
	return ok
}

func (k *Keystore) secret(name keyName) (secret, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s, ok := k.keys[name]
	return s, ok
}

// guarded returns the names of all keys that need a guard, in a fixed order.
func (k *Keystore) guarded() []keyName {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var out []keyName
	for name := range k.keys {
		if name.kind.guarded() {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b keyName) int {
		return cmp.Or(bytes.Compare(a.kind[:], b.kind[:]), bytes.Compare(a.public[:], b.public[:]))
	})
	return out
}
