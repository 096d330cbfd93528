//go:build !unix

package guard

import (
	"io/fs"
	"os"
)

func open(path string) (*os.File, error) { return os.Open(path) }

// foreign cannot tell here: there are no Unix owners and modes, and a check of
// access control lists is left to the system's defaults for home directories.
func foreign(fs.FileInfo) string { return "" }
