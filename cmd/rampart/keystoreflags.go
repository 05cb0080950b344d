package main

import "github.com/spf13/cobra"

// keystoreFlags say where the keys of a node are, and their password.
type keystoreFlags struct {
	path     string
	password passwordFlags
}

// add adds the flags for a keystore that holds keys of that name.
func (k *keystoreFlags) add(c *cobra.Command, keys string) {
	f := c.Flags()
	f.StringVar(&k.path, "keystore-path", "", "directory of the "+keys+" (default: chains/ID/keystore in the base path)")
	f.StringVar(&k.password.password, "password", "", "password of the keys in the keystore; others may see it")
	f.StringVar(&k.password.file, "password-filename", "", "file with the password of the keys in the keystore")
	f.BoolVar(&k.password.interactive, "password-interactive", false, "ask for the password of the keys in the keystore")
	c.MarkFlagsMutuallyExclusive("password", "password-filename", "password-interactive")
}
