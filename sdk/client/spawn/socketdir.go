package spawn

import (
	"errors"
	"os"
)

// maxSocketPath is the shortest limit on the path of a Unix socket among the
// systems we run on: 104 bytes with the final zero (macOS, sys/un.h).
const maxSocketPath = 103

// socketName is room for the name that go-plugin gives a socket, "plugin" and a
// random number of up to ten digits.
const socketName = len("/plugin1234567890")

// socketDir makes a private directory whose path leaves room for a socket's
// name. A long TMPDIR must not keep plugins from starting.
func socketDir() (string, error) {
	var errs []error
	for _, base := range socketBases() {
		if len(base)+len("/qwen-1234567890")+socketName > maxSocketPath {
			errs = append(errs, errors.New(base+": the path is too long for a socket"))
			continue
		}
		dir, err := os.MkdirTemp(base, "qwen-")
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", errors.Join(errs...)
}
