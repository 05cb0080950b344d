// Command fuzz runs every fuzz target of the module for a given time each, with
// one worker and some of them at once, and keeps a log from which it goes on: a
// target whose time is in the log is not run again.
//
//	go run ./cmd/internal/fuzz -log fuzz.log -time 10m -jobs 2
//
// Progress goes to stderr. A line of the log is: when it ended, package, target,
// seconds, executions, and "ok", "crash", "error" or "interrupted". The exit code is 1
// if a target crashed or did not build in this run. An interrupt ends the targets that
// run, with their time in the log, and starts no other.
//
// Go takes a worker for hung that needs more than 10 s for one input, so on a busy
// machine too many jobs give a "crash" whose input passes when it is run again.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// target is one fuzz function; dir is the folder of its package, with slashes.
type target struct{ dir, name string }

func main() {
	log := flag.String("log", "fuzz.log", "file that keeps what was run")
	each := flag.Duration("time", 10*time.Minute, "time of fuzzing per target")
	jobs := flag.Int("jobs", 1, "targets that run at once, at least 1")
	only := flag.String("only", "", "regular expression: only targets whose \"package Name\" it matches")
	list := flag.Bool("list", false, "print each target with the time and executions that the log has of it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	bad, err := run(ctx, *log, *each, *jobs, *only, *list)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(2)
	}
	if bad {
		os.Exit(1)
	}
}

func run(ctx context.Context, log string, each time.Duration, jobs int, only string, list bool) (bad bool, err error) {
	filter, err := regexp.Compile(only)
	if err != nil {
		return false, err
	}
	targets, err := find(".")
	if err != nil {
		return false, err
	}
	targets = slices.DeleteFunc(targets, func(t target) bool { return !filter.MatchString(t.dir + " " + t.name) })
	done, err := read(log)
	if err != nil {
		return false, err
	}
	if list {
		for _, t := range targets {
			fmt.Printf("%-40s %-28s %6.0fs %12d\n", t.dir, t.name, done[t].time.Seconds(), done[t].execs)
		}
		return false, nil
	}
	out, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return false, err
	}
	defer out.Close()
	var group errgroup.Group
	group.SetLimit(max(jobs, 1))
	var one sync.Mutex // of bad and out
	for i, t := range targets {
		left := each - done[t].time
		if left < time.Second {
			continue
		}
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			fmt.Fprintf(os.Stderr, "%d/%d %s %s for %v\n", i+1, len(targets), t.dir, t.name, left)
			result := t.run(ctx, left, os.Stderr)
			one.Lock()
			defer one.Unlock()
			bad = bad || result.verdict == "crash" || result.verdict == "error"
			_, err := fmt.Fprintf(out, "%s %s %s %.0f %d %s\n", time.Now().UTC().Format(time.RFC3339), t.dir, t.name, result.time.Seconds(), result.execs, result.verdict)
			return err
		})
	}
	err = group.Wait()
	return bad, err
}

// find returns the targets below root, by file.
func find(root string) ([]target, error) {
	var found []target
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				found = append(found, target{filepath.ToSlash(filepath.Dir(path)), f.Name.Name})
			}
		}
		return nil
	})
	return found, err
}

// result is how a run, or all runs of a target, ended.
type result struct {
	time    time.Duration
	execs   uint64
	verdict string
}

// read sums up what the log has of each target; a log that does not exist is empty.
func read(path string) (map[target]result, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := map[target]result{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 6 {
			return nil, fmt.Errorf("%s: %q is not a line of the log", path, lines.Text())
		}
		seconds, err := strconv.ParseUint(words[3], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s: seconds: %w", path, err)
		}
		execs, err := strconv.ParseUint(words[4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: executions: %w", path, err)
		}
		t := target{words[1], words[2]}
		r := sum[t]
		sum[t] = result{time: r.time + time.Duration(seconds)*time.Second, execs: r.execs + execs, verdict: words[5]}
	}
	return sum, lines.Err()
}

// progress is a line of go test about fuzzing.
var progress = regexp.MustCompile(`elapsed: (\w+), execs: (\d+)`)

// minimize bounds the tries to make an interesting input smaller. The default of
// go test, a minute, is all of the time of a target whose coverage varies a bit.
const minimize = "20x"

// run fuzzes t for the given time and copies to log what go test prints, except
// the lines of progress. The end of ctx interrupts it.
func (t target) run(ctx context.Context, d time.Duration, log io.Writer) result {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", d.String(),
		"-fuzzminimizetime", minimize, "-parallel", "1", "./"+t.dir)
	// go test leaves an interrupt to the program that it runs, which is in its group.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	pipe, err := command.StdoutPipe()
	if err != nil {
		fmt.Fprintln(log, err)
		return result{verdict: "error"}
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		fmt.Fprintln(log, err)
		return result{verdict: "error"}
	}
	r := result{verdict: "error"} // until there is progress: then only a crash ends it early
	late := false                 // go test fails so at times when the time is over
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if match := progress.FindStringSubmatch(lines.Text()); match != nil {
			r.verdict = "crash"
			r.time, _ = time.ParseDuration(match[1])
			r.execs, _ = strconv.ParseUint(match[2], 10, 64)
			continue
		}
		late = late || strings.TrimSpace(lines.Text()) == "context deadline exceeded"
		fmt.Fprintln(log, lines.Text())
	}
	switch err := command.Wait(); {
	case ctx.Err() != nil:
		r.verdict = "interrupted"
	case (err == nil || late) && r.verdict == "crash":
		r.verdict, r.time = "ok", d
	}
	return r
}
