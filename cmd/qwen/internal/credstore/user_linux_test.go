package credstore

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asOrdinaryUser makes permissions count for the rest of the test where it runs
// as root: the tree gets another owner, and this thread acts as that one.
func asOrdinaryUser(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // the thread ends with the goroutine of the test
	setFSUID(t, nobody)
	t.Cleanup(func() { setFSUID(t, 0) })
}

func setFSUID(t *testing.T, uid int) {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(uid), 0, 0); errno != 0 {
		t.Fatal(errno)
	}
}
