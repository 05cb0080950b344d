package store

import (
	"bytes"
	"slices"
	"sort"
)

// Sizes of a window, in keys. Opening an iterator costs as much as some hundred
// steps of it, and a caller of Next usually goes on.
const (
	windowFirst = 8
	windowMost  = 512
)

// window is consecutive keys of the flat state of a view: all that are greater
// than from, up to the last one here, or to the end.
type window struct {
	from []byte
	keys [][]byte
	end  bool // no key is greater than the last one
}

// next returns the least key greater than key; known is false if the window does
// not tell.
func (w *window) next(key []byte) (next []byte, ok, known bool) {
	if w == nil || bytes.Compare(key, w.from) < 0 {
		return nil, false, false
	}
	i := sort.Search(len(w.keys), func(i int) bool { return bytes.Compare(w.keys[i], key) > 0 })
	if i < len(w.keys) {
		return w.keys[i], true, true
	}
	return nil, false, w.end
}

// flatNext is Next of the state below the layers.
func (v *View) flatNext(key []byte) ([]byte, bool, error) {
	w := v.window.Load()
	if next, ok, known := w.next(key); known {
		return next, ok, nil
	}
	size := windowFirst
	if w != nil && len(w.keys) > 0 && bytes.Equal(w.keys[len(w.keys)-1], key) {
		size = min(2*len(w.keys), windowMost)
	}
	w, err := v.scanWindow(key, size)
	if err != nil {
		return nil, false, err
	}
	v.window.Store(w)
	next, ok, _ := w.next(key)
	return next, ok, nil
}

// scanWindow reads the window of size keys after key.
func (v *View) scanWindow(key []byte, size int) (*window, error) {
	if err := v.store.enter(); err != nil {
		return nil, err
	}
	defer v.store.leave()
	w := &window{from: slices.Clone(key), end: true}
	// The least key greater than key is key with a zero byte appended.
	seek := append(join(spaceValue, key), 0)
	v.store.scan(v.ts, []byte{spaceValue}, seek, func(k []byte) bool {
		if len(w.keys) == size {
			w.end = false
			return false
		}
		w.keys = append(w.keys, slices.Clone(k[1:]))
		return true
	})
	return w, v.retained()
}
