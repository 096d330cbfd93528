//go:build unix

package guard

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// accounts are the files that list the users and groups of the machine. They are
// read directly, because the system's own functions take a C library. Users who
// are listed elsewhere (LDAP) are not known here, and neither are their groups:
// then the answer is that a group is shared.
type accounts struct{ passwd, group string }

// onlyUser reports whether a group is one of the user's own, by the convention of
// user-private groups (https://wiki.debian.org/UserPrivateGroups): it is the
// user's primary group or has the same number as the user, and nobody but the
// user and root is in it.
func (a accounts) onlyUser(gid uint32) bool {
	uid := os.Geteuid()
	if int(gid) != uid && int(gid) != os.Getegid() {
		return false
	}
	return a.hasOnly(strconv.FormatUint(uint64(gid), 10), strconv.Itoa(uid))
}

// hasOnly reports whether the group gid is known and has no member but the user
// uid and root. Numbers are compared as they are written.
func (a accounts) hasOnly(gid, uid string) bool {
	names := map[string]bool{"": true, "root": true}
	others := false
	okUsers := eachLine(a.passwd, 4, func(f []string) { // name:password:uid:gid
		switch {
		case f[2] == uid:
			names[f[0]] = true
		case f[3] == gid && f[2] != "0":
			others = true
		}
	})
	known := false
	okGroups := eachLine(a.group, 4, func(f []string) { // name:password:gid:members
		if f[2] != gid {
			return
		}
		known = true
		for name := range strings.SplitSeq(f[3], ",") {
			others = others || !names[strings.TrimSpace(name)]
		}
	})
	return okUsers && okGroups && known && !others
}

// eachLine calls f with the fields of each line that has at least n, and reports
// whether the whole file could be read.
func eachLine(path string, n int, f func(fields []string)) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if fields := strings.Split(lines.Text(), ":"); len(fields) >= n {
			f(fields)
		}
	}
	return lines.Err() == nil
}
