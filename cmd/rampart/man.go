package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func manCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:     "man",
		Short:   "Write manual pages of all commands",
		Example: "  rampart man --dir /usr/local/share/man/man1",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			all := c.Root()
			all.DisableAutoGenTag = true
			// The same binary writes the same bytes, whenever it does.
			date := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
			header := &doc.GenManHeader{Section: "1", Source: "Rampart", Manual: "Rampart", Date: &date}
			if err := doc.GenManTree(all, header, dir); err != nil {
				return failure{exitFailed, err}
			}
			fmt.Fprintf(c.ErrOrStderr(), "manual pages are in %s\n", dir)
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "man", "directory to write to")
	return c
}
