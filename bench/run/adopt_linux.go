package main

import "syscall"

// adoptOrphans makes this process the parent of all descendants whose own parent
// ends (prctl(2), PR_SET_CHILD_SUBREAPER).
func adoptOrphans() error {
	const prSetChildSubreaper = 36
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); errno != 0 {
		return errno
	}
	return nil
}
