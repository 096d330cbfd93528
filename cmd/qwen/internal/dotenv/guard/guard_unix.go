//go:build unix

package guard

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// open opens a file for reading without waiting, whatever it is: opening a pipe
// that nobody writes to would block for ever.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// foreign says in which way others than the user and root have a hand in a file
// or directory, "" if they have none. The sticky bit of /tmp does not help: it
// keeps others from removing files there, not from adding some.
func foreign(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "has no owner that could be read"
	}
	if uid := int(stat.Uid); uid != 0 && uid != os.Geteuid() {
		return fmt.Sprintf("belongs to another user (uid %d)", uid)
	}
	switch mode := info.Mode().Perm(); {
	case mode&0o002 != 0:
		return "can be written to by everybody (chmod o-w)"
	case mode&0o020 != 0 && !accounts{"/etc/passwd", "/etc/group"}.onlyUser(stat.Gid):
		return "can be written to by its group (chmod g-w)"
	}
	return ""
}
