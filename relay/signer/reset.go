package signer

import (
	"fmt"
	"os"
)

// Reset makes an empty guard for a key in place of a lost one, so that the key
// signs at once. It is for an operator who is certain that no other copy of the
// key signs and that nothing was signed that it could contradict; a Signer must
// not have the guard open. What was there is kept beside it.
func Reset(disk Disk, kind KeyType, public [32]byte) error {
	if !kind.guarded() {
		return ErrKeyType
	}
	name := keyName{kind, public}
	if raw, err := disk.Read(name.name()); err == nil {
		if err := keepCopy(disk, name.name()+".reset", raw); err != nil {
			return err
		}
	}
	g := &guard{disk: disk, key: name}
	if err := g.rewrite(nil); err != nil {
		return err
	}
	return g.file.Close()
}

// ResetAll is Reset of every guard in d. It returns the files of those that were
// reset, the ones before a failure too.
func (d *Directory) ResetAll() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	var done []string
	for _, entry := range entries {
		name, ok := parseKeyName(entry.Name())
		if !ok || !name.kind.guarded() {
			continue
		}
		if err := Reset(d, name.kind, name.public); err != nil {
			return done, fmt.Errorf("guard %s: %w", entry.Name(), err)
		}
		done = append(done, entry.Name())
	}
	return done, nil
}
