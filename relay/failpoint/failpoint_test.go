package failpoint

import "testing"

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range All() {
		name := p.String()
		if name == "" || seen[name] {
			t.Errorf("point %d has the name %q, which is none or another's", p, name)
		}
		seen[name] = true
		if back, ok := Parse(name); !ok || back != p {
			t.Errorf("%q is parsed as %d, %t", name, back, ok)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d points, want at least 60", len(seen))
	}
	if p, ok := Parse("no such"); ok || Point(len(names)).String() != "" {
		t.Errorf("a name that is none is %v", p)
	}
}

func TestHere(t *testing.T) {
	Here(ChunkSync) // nobody is told
	var at []Point
	Arm(func(p Point) { at = append(at, p) })
	defer Arm(nil)
	Here(ChunkName)
	if len(at) != 1 || at[0] != ChunkName {
		t.Errorf("told of %v, want %v", at, ChunkName)
	}
}

// BenchmarkHere is what a point costs a node.
func BenchmarkHere(b *testing.B) {
	for range b.N {
		Here(ChunkSync)
	}
}
