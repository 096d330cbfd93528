package history

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Variables that turn the test binary into a process that adds entries.
const (
	childPath = "HISTORY_TEST_PATH"
	childName = "HISTORY_TEST_NAME"
)

const childEntries = 200

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		f := Open(path)
		for i := range childEntries {
			f.Add(os.Getenv(childName) + " " + strconv.Itoa(i))
		}
		if err := f.Err(); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func path(t testing.TB) string { return filepath.Join(t.TempDir(), "root", FileName) }

func want(t *testing.T, f *File, entries ...string) {
	t.Helper()
	if diff := cmp.Diff(entries, f.Entries()); diff != "" {
		t.Error(diff)
	}
	if err := f.Err(); err != nil {
		t.Error(err)
	}
}

func TestEntriesComeBack(t *testing.T) {
	path := path(t)
	f := Open(path)
	want(t, f)
	for _, text := range []string{"one", "two\nlines\twith <&> \u009b and 日本語", " a secret", "", "\n ", "three", "three", "one"} {
		f.Add(text)
	}
	entries := []string{"one", "two\nlines\twith <&> \u009b and 日本語", "three", "one"}
	want(t, f, entries...)
	want(t, Open(path), entries...)
	again := Open(path)
	again.Add("one") // was the last, if not of this process
	want(t, again, entries...)
}

func TestMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	f := Memory()
	f.Add("one")
	f.Add("one")
	f.Add(" two")
	want(t, f, "one")
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
}

// Nothing is read or made before it has to be.
func TestOpenIsLazy(t *testing.T) {
	path := path(t)
	f := Open(path)
	other := Open(path)
	other.Add("later")
	want(t, f, "later")
	empty := filepath.Join(t.TempDir(), "root", FileName)
	_ = Open(empty).Entries()
	if _, err := os.Stat(filepath.Dir(empty)); err == nil {
		t.Error("looking has made the directory")
	}
}

func TestFileIsTheOwnersAlone(t *testing.T) {
	if openFlags == 0 {
		t.Skip("no modes")
	}
	path := path(t)
	Open(path).Add("x")
	for path, mode := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + lockSuffix: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

// What is no entry is passed over, and a line that a crash has torn takes no other
// with it.
func TestDamage(t *testing.T) {
	path := path(t)
	Open(path).Add("one")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = file.WriteString("\x00\n[]\n{}\n{\"text\":5}\n\n{\"text\":\"same\"}\n{\"text\":\"same\",\"mood\":1}\n{\"text\":\"to")
		_ = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	f := Open(path)
	f.Add("two")
	want(t, f, "one", "same", "two")
	want(t, Open(path), "one", "same", "two")
}

// Several processes add at the same time: every entry is there once, and those of each
// in their order.
func TestProcessesInterleave(t *testing.T) {
	path := path(t)
	names := []string{"a", "b", "c", "d"}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), childPath+"="+path, childName+"="+name)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	entries := Open(path).Entries()
	for _, name := range names {
		var wantOf, gotOf []string
		for i := range childEntries {
			wantOf = append(wantOf, name+" "+strconv.Itoa(i))
		}
		for _, e := range entries {
			if strings.HasPrefix(e, name+" ") {
				gotOf = append(gotOf, e)
			}
		}
		if diff := cmp.Diff(wantOf, gotOf); diff != "" {
			t.Error(diff)
		}
	}
}

// The file stays bounded, by lines and by bytes, and so does what is kept of it.
func TestBounds(t *testing.T) {
	for name, c := range map[string]struct {
		size, count, keptMost int
	}{
		"many":  {1, 2*maxEntries + 50, maxEntries},
		"large": {20_000, 2*maxBytes/20_000 + 20, maxBytes / 20_000},
	} {
		t.Run(name, func(t *testing.T) {
			path := path(t)
			f := Open(path)
			for i := range c.count {
				f.Add(strings.Repeat("x", c.size) + strconv.Itoa(i))
			}
			last := strings.Repeat("x", c.size) + strconv.Itoa(c.count-1)
			for _, entries := range [][]string{f.Entries(), Open(path).Entries()} {
				if n := len(entries); n > c.keptMost || n < c.keptMost/2 || entries[n-1] != last {
					t.Errorf("%d entries", n)
				}
			}
			info, err := os.Stat(path)
			if err != nil || info.Size() > 2*maxBytes+int64(maxEntry) {
				t.Errorf("%v, %v", info, err)
			}
			left, _ := os.ReadDir(filepath.Dir(path))
			if len(left) != 2 { // the file and its lock
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Others may make the file smaller at any time.
func TestCompactedMeanwhile(t *testing.T) {
	path := path(t)
	a, b := Open(path), Open(path)
	a.Add("of a")
	b.Add("of b")
	for i := range 2*maxEntries + 10 {
		a.Add("a" + strconv.Itoa(i))
	}
	b.Add("of b again")
	entries := Open(path).Entries()
	if n := len(entries); entries[n-1] != "of b again" || slices.Contains(entries, "of a") || n > maxEntries {
		t.Errorf("%d entries, the last %q", n, entries[n-1])
	}
}

// A paste that is enormous is there in this session, and does not fill the file.
func TestEnormousEntry(t *testing.T) {
	path := path(t)
	f := Open(path)
	f.Add("one")
	f.Add(strings.Repeat("x", maxEntry+1))
	if entries := f.Entries(); len(entries) != 2 {
		t.Errorf("%d entries", len(entries))
	}
	want(t, Open(path), "one")
}

// What cannot be written is told once; this session's entries are there all the same.
func TestUnwritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := Open(filepath.Join(file, FileName))
	f.Add("one")
	if err := f.Err(); err == nil {
		t.Error("no error")
	}
	f.Add("two")
	want(t, f, "one", "two")

	// A directory in its place, as the established tool has one called history.
	dir := filepath.Join(t.TempDir(), FileName)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f = Open(dir)
	f.Add("one")
	if err := f.Err(); err == nil {
		t.Error("no error")
	}
}

func FuzzEntries(f *testing.F) {
	f.Add("one\ntwo", []byte("{\"text\":\"x\"}\n{"))
	f.Add("\u2028\x00<", []byte("\xff\n\n"))
	f.Fuzz(func(t *testing.T, text string, before []byte) {
		text = strings.ToValidUTF8(text, "")
		line, err := entry{Text: text}.line()
		if err != nil || strings.Count(string(line), "\n") != 1 {
			t.Fatalf("%q, %v", line, err)
		}
		list := parse(append(append(before, '\n'), line...))
		if text != "" && (len(list) == 0 || list[len(list)-1].Text != text) {
			t.Errorf("%q became %v", text, list)
		}
	})
}

func BenchmarkOpenFull(b *testing.B) {
	path := path(b)
	f := Open(path)
	for i := range maxEntries {
		f.Add(fmt.Sprintf("an entry of the usual length, number %d, about this and that", i))
	}
	for b.Loop() {
		if n := len(Open(path).Entries()); n != maxEntries {
			b.Fatal(n)
		}
	}
}
