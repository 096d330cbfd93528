//go:build unix

package guard

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHasOnly(t *testing.T) {
	const passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000:Ann:/home/ann:/bin/sh\nbob:x:1001:100::/home/bob:/bin/sh\ncarl:x:1002:100::/:/bin/sh\ndan:x:1003:1003::/:/bin/sh\n"
	for _, tc := range []struct {
		name, group, gid, uid string
		want                  bool
	}{
		{"a group of one's own", "ann:x:1000:\n", "1000", "1000", true},
		{"with its user as a member", "ann:x:1000:ann\n", "1000", "1000", true},
		{"with root as a member", "ann:x:1000:root,ann\n", "1000", "1000", true},
		{"with somebody else", "ann:x:1000:ann,bob\n", "1000", "1000", false},
		{"with somebody who is not known", "ann:x:1000:zoe\n", "1000", "1000", false},
		{"the primary group of others too", "users:x:100:\n", "100", "1001", false},
		{"somebody else's", "dan:x:1003:\n", "1003", "1000", false},
		{"two groups of one number", "ann:x:1000:\nfriends:x:1000:bob\n", "1000", "1000", false},
		{"not listed here", "users:x:100:\n", "1000", "1000", false},
		{"root's", "root:x:0:\n", "0", "0", true},
		{"broken lines", "\nann\nann:x\n:::\nann:x:1000:\n", "1000", "1000", true},
	} {
		dir := t.TempDir()
		a := accounts{filepath.Join(dir, "passwd"), filepath.Join(dir, "group")}
		for path, text := range map[string]string{a.passwd: passwd, a.group: tc.group} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := a.hasOnly(tc.gid, tc.uid); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
		for _, missing := range []accounts{{dir, a.group}, {a.passwd, dir}, {"/nowhere", a.group}} {
			if missing.hasOnly(tc.gid, tc.uid) {
				t.Errorf("%s: true although a file cannot be read", tc.name)
			}
		}
	}
}

// A group that is not the user's own stays refused, whoever is in it.
func TestOnlyUserOfForeignGroup(t *testing.T) {
	if (accounts{"/etc/passwd", "/etc/group"}).onlyUser(uint32(os.Getegid()) + 4321) {
		t.Error("accepted")
	}
}
