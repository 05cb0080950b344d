package pvf

import "encoding/binary"

// WASI error numbers, preview 1 "errno".
const (
	errnoSuccess = 0
	errnoBadFD   = 8
	errnoNoSys   = 52
)

// Constants of the guest's world.
const (
	// clockNanos is what every clock shows, always: 1 s after its epoch. Go refuses
	// a clock that shows zero.
	clockNanos = 1_000_000_000
	// randomSeed starts the stream of random_get in every call.
	randomSeed = 0x72616d7061727431 // "rampart1"
	// maxWaits is how often a call may wait. Go's runtime waits a few times while it
	// prints a panic. A guest that sleeps would wait for ever, as the clock stands
	// still; it gets errno 52 instead, on which Go traps.
	maxWaits = 256
	// maxVectors bounds the buffers of one fd_write.
	maxVectors = 1024
)

// wasiNoSys are the functions that answer errno 52 and do nothing, with their
// parameters. Source: WASI snapshot preview 1, witx.
var wasiNoSys = map[string]signature{
	"clock_res_get": "ii",
	"fd_advise":     "iIIi", "fd_allocate": "iII", "fd_close": "i", "fd_datasync": "i",
	"fd_fdstat_get": "ii", "fd_fdstat_set_flags": "ii", "fd_fdstat_set_rights": "iII",
	"fd_filestat_get": "ii", "fd_filestat_set_size": "iI", "fd_filestat_set_times": "iIIi",
	"fd_pread": "iiiIi", "fd_prestat_dir_name": "iii", "fd_pwrite": "iiiIi",
	"fd_read": "iiii", "fd_readdir": "iiiIi", "fd_renumber": "ii", "fd_seek": "iIii",
	"fd_sync": "i", "fd_tell": "ii",
	"path_create_directory": "iii", "path_filestat_get": "iiiii",
	"path_filestat_set_times": "iiiiIIi", "path_link": "iiiiiii", "path_open": "iiiiiIIii",
	"path_readlink": "iiiiii", "path_remove_directory": "iii", "path_rename": "iiiiii",
	"path_symlink": "iiiii", "path_unlink_file": "iii",
	"proc_raise": "i", "sched_yield": "",
	"sock_accept": "iii", "sock_recv": "iiiiii", "sock_send": "iiiii", "sock_shutdown": "ii",
}

func wasiFunctions() map[string]hostFunction {
	t := map[string]hostFunction{
		"args_sizes_get":    {"ii>i", noStrings},
		"environ_sizes_get": {"ii>i", noStrings},
		"clock_time_get":    {"iIi>i", clockTime},
		"random_get":        {"ii>i", random},
		"fd_write":          {"iiii>i", write},
		"fd_prestat_get":    {"ii>i", noPreopens},
		"poll_oneoff":       {"iiii>i", poll},
		"proc_exit":         {"i", func(*call, memory, []uint64) { panic(ErrExit) }},
	}
	for name, params := range wasiNoSys {
		t[name] = hostFunction{params + ">i", func(_ *call, _ memory, s []uint64) { s[0] = errnoNoSys }}
	}
	// No arguments and no environment: nothing to copy.
	none := func(_ *call, _ memory, s []uint64) { s[0] = errnoSuccess }
	t["args_get"] = hostFunction{"ii>i", none}
	t["environ_get"] = hostFunction{"ii>i", none}
	return t
}

// noStrings answers that there are none, of length 0.
func noStrings(_ *call, mem memory, s []uint64) {
	mem.putU32(s[0], 0)
	mem.putU32(s[1], 0)
	s[0] = errnoSuccess
}

// noPreopens answers that no directory is open. Go's syscall package asks at start
// and panics on any other error number.
func noPreopens(_ *call, _ memory, s []uint64) { s[0] = errnoBadFD }

func clockTime(_ *call, mem memory, s []uint64) {
	mem.putU64(s[2], clockNanos)
	s[0] = errnoSuccess
}

// random fills the buffer from the call's stream: SplitMix64 outputs, little-endian,
// the last one cut; a new request starts at a new output.
func random(c *call, mem memory, s []uint64) {
	var word [8]byte
	for b := mem.view(s[0], s[1]); len(b) > 0; {
		c.random += 0x9e3779b97f4a7c15
		z := c.random
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		binary.LittleEndian.PutUint64(word[:], z^z>>31)
		b = b[copy(b, word[:]):]
	}
	s[0] = errnoSuccess
}

// poll answers at once that the first of n subscriptions has fired, if it is one to a
// clock. A subscription is userdata u64, tag u8 (0: clock) and 39 more bytes; an
// event is userdata u64, errno u16, tag u8 and 21 more bytes.
func poll(c *call, mem memory, s []uint64) {
	in, out, n, events := s[0], s[1], uint32(s[2]), s[3]
	if n == 0 || c.waits == maxWaits {
		s[0] = errnoNoSys
		return
	}
	subscription := mem.view(in, 48)
	if subscription[8] != 0 {
		s[0] = errnoNoSys
		return
	}
	c.waits++
	event := mem.view(out, 32)
	copy(event, subscription[:8])
	clear(event[8:])
	mem.putU32(events, 1)
	s[0] = errnoSuccess
}

// write logs what goes to file 1 or 2, whatever the log keeps of it; other files
// do not exist. Vectors are (ptr u32, len u32) pairs.
func write(c *call, mem memory, s []uint64) {
	fd, vectors, n, written := uint32(s[0]), s[1], uint32(s[2]), s[3]
	if fd != 1 && fd != 2 || n > maxVectors {
		s[0] = errnoNoSys
		return
	}
	level := LevelInfo
	if fd == 2 {
		level = LevelWarn
	}
	total := uint32(0)
	for v := mem.view(vectors, uint64(n)*8); len(v) > 0; v = v[8:] {
		b := mem.view(uint64(binary.LittleEndian.Uint32(v)), uint64(binary.LittleEndian.Uint32(v[4:])))
		c.log.write(level, b)
		total += uint32(len(b))
	}
	mem.putU32(written, total)
	s[0] = errnoSuccess
}
