package failpoint

// hit is what a test wants done at a point; nil in every other process. It is a
// variable of the package because points lie where nothing else is handed in, and
// is written only before anything runs.
var hit func(Point)

// Here says that the caller has reached p. It returns, unless a test armed the
// process.
func Here(p Point) {
	if hit != nil {
		hit(p)
	}
}

// Arm makes f be called, from the goroutine that is there, at every point from now
// on. It is for tests, and may be called only before the process does anything
// else.
func Arm(f func(Point)) { hit = f }

// String returns the name of p, such as "store.import.before"; empty if p is not
// one of All.
func (p Point) String() string {
	if int(p) >= len(names) {
		return ""
	}
	return names[p]
}

// All returns every point, in the order of their declaration.
func All() []Point {
	all := make([]Point, len(names))
	for i := range all {
		all[i] = Point(i)
	}
	return all
}

// Parse returns the point with a name; false if there is none.
func Parse(name string) (Point, bool) {
	for i, n := range names {
		if n == name {
			return Point(i), true
		}
	}
	return 0, false
}
