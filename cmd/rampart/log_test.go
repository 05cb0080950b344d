package main

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestLogLevelsOfParts(t *testing.T) {
	l, unknown, err := parseLevels("warn,grandpa=debug,sub-libp2p=info,runtime=debug,collator=error,host=off")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(unknown, []string{"runtime"}) {
		t.Errorf("unknown targets %q, want runtime", unknown)
	}
	core, seen := observer.New(l.least())
	log := zap.New(leveled{core, l})
	for _, name := range []string{"chain", "grandpa", "gossip", "host", "collator", "collator.request"} {
		named := log.Named(name).With(zap.String("node", "alice"))
		for _, level := range []zapcore.Level{zapcore.DebugLevel, zapcore.InfoLevel, zapcore.WarnLevel, zapcore.ErrorLevel} {
			named.Log(level, "line")
		}
	}
	got := map[string]int{}
	for _, e := range seen.All() {
		got[e.LoggerName]++
	}
	for name, want := range map[string]int{"chain": 2, "grandpa": 4, "gossip": 3, "host": 0, "collator": 1, "collator.request": 3} {
		if got[name] != want {
			t.Errorf("%d lines of %s, want %d", got[name], name, want)
		}
	}
}

func TestLogLevelsRefused(t *testing.T) {
	for _, text := range []string{"", "loud", "grandpa=", "grandpa=loud", "info,,debug"} {
		if _, _, err := parseLevels(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// The help must name every part, and nothing else.
func TestLogHelpNamesTheParts(t *testing.T) {
	for _, part := range logParts {
		if !strings.Contains(logHelp, "  "+part+" ") {
			t.Errorf("help does not name %s", part)
		}
	}
	for alias, parts := range logAliases {
		for _, part := range parts {
			if !slices.Contains(logParts, part) {
				t.Errorf("%s stands for %s, which does not log", alias, part)
			}
		}
	}
}
