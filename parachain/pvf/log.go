package pvf

import "bytes"

// Level is how grave a logged line is; numbers as in sp_core::LogLevel.
type Level uint8

// Levels of rampart_1.log. What a guest writes to file 1 is Info, to file 2 Warn.
const (
	LevelError Level = iota
	LevelWarn
	LevelInfo
	LevelDebug
	LevelTrace
)

// maxLine bounds one logged line, in bytes; longer ones are cut.
const maxLine = 1024

// guestLog collects what one call logs and passes whole lines on, within a budget.
// Nothing the guest can observe depends on it.
type guestLog struct {
	emit    func(Level, []byte) // nil: drop
	left    int                 // budget, in bytes
	partial []byte              // start of a line that a write left open
	level   Level               // of partial
}

// line passes one line on.
func (g *guestLog) line(level Level, text []byte) {
	if g.emit == nil || g.left <= 0 {
		return
	}
	text = text[:min(len(text), maxLine, g.left)]
	g.left -= len(text) + 1
	g.emit(level, text)
}

// write passes on the lines that text completes and keeps the rest.
func (g *guestLog) write(level Level, text []byte) {
	if g.emit == nil || g.left <= 0 {
		return
	}
	if level != g.level {
		g.flush()
		g.level = level
	}
	for len(text) > 0 && g.left > 0 {
		part, rest, ended := bytes.Cut(text, []byte{'\n'})
		text = rest
		g.partial = append(g.partial, part[:min(len(part), maxLine-len(g.partial))]...)
		if ended {
			g.line(level, g.partial)
			g.partial = g.partial[:0]
		}
	}
}

// flush passes on an open line.
func (g *guestLog) flush() {
	if len(g.partial) > 0 {
		g.line(g.level, g.partial)
		g.partial = g.partial[:0]
	}
}
