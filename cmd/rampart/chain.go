package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/blockfile"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/offline"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// stoppedHelp is the part of a command's help about where the chain is.
const stoppedHelp = `

The node must not be running. --chain and --base-path are those that it is started
with.`

// withChain opens the chain of a node that does not run, and closes it after do.
func (p placeFlags) withChain(archive, create bool, do func(spec.Spec, *offline.Chain) error) error {
	s, paths, err := p.find()
	if err != nil {
		return err
	}
	g, err := s.Build()
	if err != nil {
		return err
	}
	log, err := logger("warn")
	if err != nil {
		return err
	}
	c, err := offline.Open(offline.Config{Database: paths.Database, Genesis: g, Create: create, Archive: archive, Logger: log})
	if err != nil {
		return err
	}
	return errors.Join(do(s, c), c.Close())
}

// findBlock returns the block that text names: a number on the best chain, a hash, or
// the best block if it is empty.
func findBlock(c *offline.Chain, text string) (primitives.Hash, error) {
	if text == "" {
		return c.Info().Best.Hash, nil
	}
	if raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x")); err == nil && len(raw) == len(primitives.Hash{}) {
		return primitives.Hash(raw), nil
	}
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return primitives.Hash{}, fmt.Errorf("block %q is neither a number nor a hash", text)
	}
	return c.At(primitives.BlockNumber(number))
}

func chainInfoCommand() *cobra.Command {
	var place placeFlags
	var asJSON bool
	c := &cobra.Command{
		Use:     "chain-info",
		Short:   "Print the heads of a node's chain, as JSON",
		Long:    "Print the best, the finalized and the first block of a node's chain, as JSON." + stoppedHelp,
		Example: "  rampart chain-info --chain local --base-path /data",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return place.withChain(false, false, func(_ spec.Spec, chain *offline.Chain) error {
				info := chain.Info()
				return printJSON(c.OutOrStdout(), struct {
					BestHash        string                 `json:"best_hash"`
					BestNumber      primitives.BlockNumber `json:"best_number"`
					GenesisHash     string                 `json:"genesis_hash"`
					FinalizedHash   string                 `json:"finalized_hash"`
					FinalizedNumber primitives.BlockNumber `json:"finalized_number"`
				}{info.Best.Hash.String(), info.Best.Number, info.Genesis.String(), info.Finalized.Hash.String(), info.Finalized.Number})
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as it is anyway")
	place.add(c)
	return c
}

func checkBlockCommand() *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:   "check-block NUMBER|HASH",
		Short: "Execute a block of a node's chain again",
		Long: `Execute a block of a node's chain again, on the state of its parent, and compare the
result with its header. Exit code 1: it differs, or that state is no longer kept.` + stoppedHelp,
		Example: "  rampart check-block 17 --chain local --base-path /data",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return place.withChain(false, false, func(_ spec.Spec, chain *offline.Chain) error {
				hash, err := findBlock(chain, args[0])
				if err == nil {
					err = chain.Check(hash)
				}
				if err != nil {
					return failure{exitFailed, fmt.Errorf("block %s: %w", args[0], err)}
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "block %s: executed again with the same result\n", hash)
				return err
			})
		},
	}
	place.add(c)
	return c
}

func exportStateCommand() *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:   "export-state [NUMBER|HASH]",
		Short: "Print the state after a block as a raw chain spec",
		Long: `Print the state after a block, the best one unless another is named, as a raw chain
spec: a chain that begins with it.` + stoppedHelp,
		Example: "  rampart export-state 17 --chain local --base-path /data > state.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return place.withChain(false, false, func(s spec.Spec, chain *offline.Chain) error {
				hash, err := findBlock(chain, strings.Join(args, ""))
				if err != nil {
					return failure{exitFailed, err}
				}
				var values []frame.Change
				err = chain.State(hash, func(key, value []byte) error {
					values = append(values, frame.Change{Key: key, Value: value})
					return nil
				})
				if err != nil {
					return failure{exitFailed, err}
				}
				s.Genesis = spec.RawGenesis(values)
				return printSpec(c, s, false)
			})
		},
	}
	place.add(c)
	return c
}

func exportBlocksCommand() *cobra.Command {
	var place placeFlags
	var from, to uint32
	var binary bool
	c := &cobra.Command{
		Use:   "export-blocks [FILE]",
		Short: "Write the blocks of a node's chain to a file",
		Long: `Write the blocks of a node's chain, with the justifications that it keeps, to a file
or stdout, in the forms of polkadot: JSON, one object after the other, or --binary.` + stoppedHelp,
		Example: "  rampart export-blocks blocks.bin --binary --chain local --base-path /data\n  rampart export-blocks --from 10 --to 20 --chain local --base-path /data",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return place.withChain(false, false, func(_ spec.Spec, chain *offline.Chain) error {
				last := uint32(chain.Info().Best.Number)
				if c.Flags().Changed("to") {
					last = min(last, max(to, 1))
				}
				if from > last {
					return failure{exitFailed, fmt.Errorf("no blocks from #%d to #%d: the best one is #%d", from, last, chain.Info().Best.Number)}
				}
				fmt.Fprintf(c.ErrOrStderr(), "Exporting blocks from #%d to #%d\n", from, last)
				if len(args) == 0 {
					return export(chain, c.OutOrStdout(), from, last, binary)
				}
				return exportFile(chain, args[0], from, last, binary)
			})
		},
	}
	f := c.Flags()
	f.Uint32Var(&from, "from", 1, "first block")
	f.Uint32Var(&to, "to", 0, "last block (default: the best one)")
	f.BoolVar(&binary, "binary", false, "write SCALE, not JSON")
	place.add(c)
	return c
}

// exportFile writes the file whole, or leaves none.
func exportFile(chain *offline.Chain, path string, from, last uint32, binary bool) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return err
	}
	err = export(chain, file, from, last, binary)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(failure{exitFailed, err}, os.Remove(file.Name()))
	}
	return nil
}

func export(chain *offline.Chain, w io.Writer, from, last uint32, binary bool) error {
	buffered := bufio.NewWriter(w)
	out, err := blockfile.NewWriter(buffered, binary, uint64(last-from)+1)
	if err != nil {
		return err
	}
	for n := uint64(from); n <= uint64(last); n++ {
		hash, err := chain.At(primitives.BlockNumber(n))
		if err != nil {
			return err
		}
		b, err := chain.Block(hash)
		if err != nil {
			return err
		}
		if err := out.Write(b); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func importBlocksCommand() *cobra.Command {
	var place placeFlags
	var binary, archive, asJSON bool
	c := &cobra.Command{
		Use:   "import-blocks [FILE]",
		Short: "Take in blocks from a file",
		Long: `Take in blocks that export-blocks wrote, from a file or stdin. Each is checked as if a
peer had sent it, and executed; blocks become final where a justification proves it.
Exit code 1: a block was refused; those before it stay.` + stoppedHelp,
		Example: "  rampart import-blocks blocks.bin --binary --chain local --base-path /data",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in := c.InOrStdin()
			if len(args) == 1 {
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer file.Close()
				in = file
			}
			blocks, err := blockfile.NewReader(in, binary)
			if err != nil {
				return err
			}
			return place.withChain(archive, true, func(_ spec.Spec, chain *offline.Chain) error {
				report, err := chain.Import(c.Context(), blocks.Next, func(id primitives.BlockID) {
					if id.Number%1000 == 0 {
						fmt.Fprintf(c.ErrOrStderr(), "#%d\n", id.Number)
					}
				})
				if err != nil {
					return failure{exitFailed, fmt.Errorf("%w (%d blocks were taken in before it)", err, report.Imported)}
				}
				return printImport(c, report, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&binary, "binary", false, "the file is in SCALE, not JSON")
	c.Flags().BoolVar(&archive, "archive", false, "keep the state of every block")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	place.add(c)
	return c
}

func printImport(c *cobra.Command, r offline.Report, asJSON bool) error {
	if asJSON {
		return printJSON(c.OutOrStdout(), map[string]uint64{
			"imported": uint64(r.Imported), "known": uint64(r.Known), "best": uint64(r.Best.Number), "finalized": uint64(r.Finalized.Number),
		})
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "Imported %d blocks, %d were known. Best: #%d, finalized: #%d\n", r.Imported, r.Known, r.Best.Number, r.Finalized.Number)
	return err
}
