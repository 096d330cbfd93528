//go:build unix

package pluginhost

import (
	"os"
	"syscall"
)

// unsafePath says who else could change what is at path, "" if nobody could.
func unsafePath(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Getuid() {
		return path + " belongs to another user"
	}
	if info.Mode().Perm()&0o022 != 0 {
		return path + " can be written by others; run: chmod go-w " + path
	}
	return ""
}
