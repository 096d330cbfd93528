//go:build unix

package lockedfile

import "syscall"

// openFlags keep an open from following a symbolic link and from waiting for the
// other end of a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
