package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logHelp is the part of a command's help about --log.
const logHelp = `Log levels: debug (every message), info (what happens to the chain), warn
(degraded, but handled), error (somebody must act), off. --log takes one for
everything and others for parts of the node, such as info,grandpa=debug:

  babe       making blocks           grandpa       finality
  chain      import, fork choice     sync          fetching blocks
  host       peers                   request       requests of and to peers
  gossip     gossip                  discovery     which peer is which validator
  parachains backing, bitfields      distribution  erasure chunks
  recovery   data out of chunks      pvf           validation functions
  collator   blocks of a parachain   store         the database
  signer     keys and their guards   telemetry     metrics

The targets of polkadot's -l are understood: sub-libp2p, parachain and others.`

// logParts are the parts of the node that log under a name of their own.
var logParts = []string{
	"babe", "chain", "host", "gossip", "parachains", "recovery", "collator", "signer",
	"grandpa", "sync", "request", "discovery", "distribution", "pvf", "store", "telemetry",
}

// logAliases are targets of polkadot's -l and the parts they stand for.
var logAliases = map[string][]string{
	"afg": {"grandpa"}, "sub-libp2p": {"host", "gossip", "request"}, "sub-authority-discovery": {"discovery"},
	"parachain": {"parachains", "distribution", "recovery", "collator", "pvf"}, "parachain::pvf": {"pvf"},
	"parachain::availability-distribution": {"distribution"}, "parachain::availability-recovery": {"recovery"},
	"parachain::candidate-backing": {"parachains"}, "parachain::collator-protocol": {"parachains", "collator"},
	"db": {"store"}, "keystore": {"signer"}, "prometheus": {"telemetry"},
}

// levels are the least levels of log lines: of the parts, and of the rest.
type levels struct {
	rest  zapcore.Level
	parts map[string]zapcore.Level
}

// off is above every level.
const off = zapcore.FatalLevel + 1

// parseLevels reads level, or part=level, or several with commas between. Later
// ones count. unknown are targets that name no part.
func parseLevels(text string) (l levels, unknown []string, err error) {
	l = levels{rest: zapcore.InfoLevel, parts: map[string]zapcore.Level{}}
	for _, each := range strings.Split(text, ",") {
		part, level, specific := strings.Cut(strings.TrimSpace(each), "=")
		switch {
		case specific:
		case slices.Contains(logParts, part) || logAliases[part] != nil:
			level, specific = "trace", true // as polkadot has it
		default:
			part, level = "", part
		}
		parsed, err := parseLevel(level)
		if err != nil {
			return l, nil, fmt.Errorf("--log %q: %w", text, err)
		}
		switch {
		case !specific:
			l.rest = parsed
		case slices.Contains(logParts, part):
			l.parts[part] = parsed
		case logAliases[part] != nil:
			for _, p := range logAliases[part] {
				l.parts[p] = parsed
			}
		default:
			unknown = append(unknown, part)
		}
	}
	return l, unknown, nil
}

func parseLevel(text string) (zapcore.Level, error) {
	switch strings.ToLower(text) {
	case "trace", "debug":
		return zapcore.DebugLevel, nil
	case "info":
		return zapcore.InfoLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	case "off":
		return off, nil
	}
	return 0, fmt.Errorf("there are debug, info, warn and error, and off")
}

// least returns the least of all levels.
func (l levels) least() zapcore.Level {
	return slices.Min(append(slices.Collect(maps.Values(l.parts)), l.rest))
}

// of returns the least level of lines of a logger, whose name is its parts with
// dots between: the last one that has a level decides.
func (l levels) of(name string) zapcore.Level {
	parts := strings.Split(name, ".")
	for _, part := range slices.Backward(parts) {
		if level, ok := l.parts[part]; ok {
			return level
		}
	}
	return l.rest
}

// leveled drops lines that are below the level of their part.
type leveled struct {
	zapcore.Core
	levels levels
}

func (c leveled) With(fields []zapcore.Field) zapcore.Core {
	return leveled{c.Core.With(fields), c.levels}
}

func (c leveled) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if e.Level < c.levels.of(e.LoggerName) {
		return checked
	}
	return c.Core.Check(e, checked)
}

// logFlags are the flags about log lines as they were given.
type logFlags struct {
	levels   []string
	detailed bool
}

func (f *logFlags) add(c *cobra.Command) {
	set := c.Flags()
	set.StringArrayVarP(&f.levels, "log", "l", []string{"info"}, "least level of log lines: LEVEL or PART=LEVEL, with commas between or given again (see above)")
	set.BoolVar(&f.detailed, "detailed-log-output", false, "say with each line where in the source it comes from")
	set.Bool("disable-log-color", false, "for command lines of polkadot; log lines have no colors")
}

func (f logFlags) logger() (*zap.Logger, error) {
	log, err := logger(strings.Join(f.levels, ","))
	if err != nil || !f.detailed {
		return log, err
	}
	return log.WithOptions(zap.AddCaller()), nil
}

// logger returns a logger that writes lines for people to stderr.
func logger(text string) (*zap.Logger, error) {
	l, unknown, err := parseLevels(text)
	if err != nil {
		return nil, err
	}
	config := zap.NewDevelopmentEncoderConfig()
	config.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
	config.EncodeDuration = zapcore.StringDurationEncoder
	core := zapcore.NewCore(zapcore.NewConsoleEncoder(config), zapcore.Lock(os.Stderr), l.least())
	log := zap.New(leveled{core, l})
	if len(unknown) > 0 {
		log.Warn("nothing logs under these names", zap.Strings("log", unknown))
	}
	return log, nil
}
