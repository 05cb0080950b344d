//go:build !unix

package signer

import (
	"errors"
	"fmt"
	"os"
)

// acquire refuses: without a lock that ends with its process, two processes
// could sign with the same keys.
func acquire(*os.File) error { return fmt.Errorf("lock: %w on this system", errors.ErrUnsupported) }
