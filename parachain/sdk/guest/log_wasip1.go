package guest

import "unsafe"

//go:wasmimport rampart_1 log
//go:noescape
func hostLog(level Level, text *byte, n uint32)

// Log writes one line to the host's log. The host bounds lines and their number;
// nothing the guest can observe depends on it.
func Log(level Level, line string) {
	hostLog(level, unsafe.StringData(line), uint32(len(line)))
}
