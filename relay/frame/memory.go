package frame

import "sort"

// Memory is a Backend that holds everything in memory: for genesis, and for
// tests.
type Memory map[string][]byte

// Get implements Backend.
func (m Memory) Get(key []byte) ([]byte, error) { return m[string(key)], nil }

// Next implements Backend.
func (m Memory) Next(key []byte) ([]byte, bool, error) {
	keys := make([]string, 0, len(m))
	for k := range m {
		if k > string(key) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, false, nil
	}
	sort.Strings(keys)
	return []byte(keys[0]), true, nil
}

// Apply makes the changes.
func (m Memory) Apply(changes []Change) {
	for _, c := range changes {
		if c.Value == nil {
			delete(m, string(c.Key))
		} else {
			m[string(c.Key)] = c.Value
		}
	}
}
