package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/runtime/benchmark"
)

func benchmarkCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "benchmark", Short: "Measure what calls and blocks cost",
		Long: `Measure what the calls of the relay chain and of coin chains cost, what the end of a
session does, and what a block, an extrinsic and a key of the state do besides. Weights are part of the rules of the chain: they are made
by this command, in its source tree, and change nothing of a node that is built.`,
	}
	c.AddCommand(benchmarkPalletCommand(), benchmarkOverheadCommand())
	return c
}

// benchmarkFlags are those that both commands have.
type benchmarkFlags struct {
	config             benchmark.Config
	json, check, write bool
	factor             float64
}

func (b *benchmarkFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&b.config.Repeat, "repeat", 10, "samples of each time; the least counts")
	f.BoolVar(&b.json, "json", false, "print JSON")
	f.BoolVar(&b.check, "check", false, "compare with the weights in force, and fail where they differ")
	f.BoolVar(&b.write, "write", false, "write the weights into the source tree in the working directory")
	f.Float64Var(&b.factor, "factor", 4, "with --check: how many times as long or as short a time may be")
	c.MarkFlagsMutuallyExclusive("check", "write")
}

func benchmarkPalletCommand() *cobra.Command {
	var flags benchmarkFlags
	var pallet, extrinsic string
	c := &cobra.Command{
		Use: "pallet", Short: "Measure calls, and the end of a session",
		Long: `Measure the calls of the relay chain, those that only coin chains have, and the end of a
session (as the call end_session of a pallet runtime), each in its worst state: the time
of a processor, the keys of the state that it reads and changes, and their proof.`,
		Example: "  rampart benchmark pallet --pallet balances\n  rampart benchmark pallet --check\n  rampart benchmark pallet --write",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cases := benchmark.Select(benchmark.Cases(), pallet, extrinsic)
			if len(cases) == 0 {
				return fmt.Errorf("no call of that name; there are %s", strings.Join(benchmark.Names(benchmark.Cases()), ", "))
			}
			if err := flags.ready(); err != nil {
				return err
			}
			fresh, err := benchmark.Measure(cases, flags.config, func(name string) { fmt.Fprintln(c.ErrOrStderr(), name) })
			if err != nil {
				return failure{exitFailed, err}
			}
			return flags.finish(c, fresh, cases, printCalls, func(t *benchmark.Table) {
				for _, e := range fresh.Calls {
					t.Add(e, true)
				}
			})
		},
	}
	flags.add(c)
	c.Flags().StringVar(&pallet, "pallet", "", "only calls of this pallet")
	c.Flags().StringVar(&extrinsic, "extrinsic", "", "only this call")
	c.Flags().IntVar(&flags.config.Steps, "steps", 6, "how many amounts are measured of what arguments say the amount of")
	return c
}

func benchmarkOverheadCommand() *cobra.Command {
	var flags benchmarkFlags
	c := &cobra.Command{
		Use: "overhead", Short: "Measure blocks, extrinsics and the database",
		Long: `Measure what an empty block takes, what a signed extrinsic does besides its call, and
what reading and changing a key of the state does, on a database with 100,000 accounts
in a temporary directory.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := flags.ready(); err != nil {
				return err
			}
			table, err := benchmark.InForce()
			if err != nil {
				return failure{exitFailed, err}
			}
			remark := table.Entry("System", "Remark")
			if remark == nil {
				return failure{exitFailed, errors.New("the call System.Remark was never measured")}
			}
			overhead, err := benchmark.MeasureOverhead(flags.config, remark.Base.Time)
			if err != nil {
				return failure{exitFailed, err}
			}
			fresh := benchmark.Table{Overhead: overhead}
			return flags.finish(c, fresh, nil, printOverhead, func(t *benchmark.Table) { t.Overhead = overhead })
		},
	}
	flags.add(c)
	return c
}

// ready refuses to measure what could not be written.
func (b benchmarkFlags) ready() error {
	if !b.write {
		return nil
	}
	if _, err := benchmark.ReadTable(filepath.FromSlash(benchmark.TablePath)); err != nil {
		return fmt.Errorf("the working directory is not the root of the source tree: %w", err)
	}
	return nil
}

// finish prints what was measured, or compares it, or puts it into the source tree.
func (b benchmarkFlags) finish(c *cobra.Command, fresh benchmark.Table, cases []benchmark.Case, print func(io.Writer, benchmark.Table) error, put func(*benchmark.Table)) error {
	out := c.OutOrStdout()
	switch {
	case b.write:
		return writeWeights(put)
	case b.check:
		table, err := benchmark.InForce()
		if err != nil {
			return failure{exitFailed, err}
		}
		differences := append(table.Counts(fresh), table.Times(fresh, cases, b.factor)...)
		for _, d := range differences {
			fmt.Fprintf(out, "%s: %s are %d, the rules say %d\n", d.Call, d.What, d.Fresh, d.Old)
		}
		if len(differences) > 0 {
			return failure{exitFailed, fmt.Errorf("%d weights differ", len(differences))}
		}
		fmt.Fprintln(out, "weights in force match")
		return nil
	case b.json:
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(fresh)
	}
	return print(out, fresh)
}

// writeWeights changes the table of the source tree, and the files made from it.
func writeWeights(put func(*benchmark.Table)) error {
	table, err := benchmark.ReadTable(filepath.FromSlash(benchmark.TablePath))
	if err != nil {
		return failure{exitFailed, err}
	}
	put(&table)
	table.Machine = runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version()
	files, err := table.Files()
	if err != nil {
		return failure{exitFailed, err}
	}
	files = append(files, benchmark.File{Path: benchmark.TablePath, Content: table.Encode()})
	for _, f := range files {
		if err := os.WriteFile(filepath.FromSlash(f.Path), f.Content, 0o644); err != nil {
			return failure{exitFailed, err}
		}
	}
	return nil
}

// printCalls prints a line per call, and one per component under it; weights count
// keys by what they cost.
func printCalls(out io.Writer, t benchmark.Table) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "call\ttime ns\treads\twrites\tproof\tweight ns\t")
	line := func(name string, c frame.Cost) {
		fmt.Fprintf(w, "%s\t%.1f\t%d\t%d\t%d\t%.1f\t\n", name, float64(c.Time)/1000, c.Reads, c.Writes, c.Proof, float64(c.Weight().RefTime)/1000)
	}
	for _, e := range t.Calls {
		line(e.Pallet+"."+e.Call, e.Base)
		for i, each := range e.Each {
			line("per "+e.Components[i], each)
		}
	}
	return w.Flush()
}

func printOverhead(out io.Writer, t benchmark.Table) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	o := t.Overhead
	for _, line := range []struct {
		name string
		time uint64
	}{
		{"reading a key", o.Read}, {"changing a key", o.Write}, {"a block", o.Block}, {"an extrinsic without its call", o.Extrinsic},
		{"a transfer, its author", o.Built}, {"a transfer, an importer", o.Imported},
	} {
		fmt.Fprintf(w, "%s\t%.1f µs\t\n", line.name, float64(line.time)/1e6)
	}
	return w.Flush()
}
