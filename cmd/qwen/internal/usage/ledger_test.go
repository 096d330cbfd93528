package usage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Variables that turn the test binary into a process that appends records, and
// says so after each, until it is killed or has appended as many as it should.
const (
	childRoot  = "USAGE_TEST_ROOT"
	childName  = "USAGE_TEST_NAME"
	childCount = "USAGE_TEST_COUNT"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		runChild(New(root), os.Getenv(childName), os.Getenv(childCount))
		return
	}
	os.Exit(m.Run())
}

func runChild(l *Ledger, name, count string) {
	n, _ := strconv.Atoi(count)
	for i := range n {
		r := record(i)
		r.Time = time.Now()
		r.Model = name + "-" + strconv.Itoa(i)
		if err := l.Append(r); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println(r.Model)
	}
}

// Twenty processes append at the same time, and every other one is killed in the
// middle of it. What was acknowledged is there, once; at most one record of each
// killed process is there that was not.
func TestKilledWritersLoseNothing(t *testing.T) {
	const writers, each, killedAfter = 20, 60, 15
	root := t.TempDir()
	acknowledged := make([][]string, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			stopAfter := each
			if i%2 == 0 {
				stopAfter = killedAfter
			}
			acknowledged[i] = writer(t, root, fmt.Sprintf("writer%d", i), each, stopAfter)
		})
	}
	all.Wait()

	found := map[string]int{}
	total := 0
	if err := New(root).Records(time.Time{}, func(r *Record) error { found[r.Model]++; total++; return nil }); err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, models := range acknowledged {
		want += len(models)
		for _, model := range models {
			if found[model] != 1 {
				t.Errorf("%s is there %d times", model, found[model])
			}
		}
	}
	// What a child wrote between its last word and its end is in its pipe.
	if total < want || len(found) != total {
		t.Errorf("%d records of %d models, want %d", total, len(found), want)
	}
	if work, err := New(root).Sums([]time.Time{{}}, false, func(Sum) {}); err != nil || work.Damaged > 0 {
		t.Errorf("%d bytes damaged: %v", work.Damaged, err)
	}
}

// writer runs a child and kills it when it has acknowledged so many records. It
// returns all that it has acknowledged.
func writer(t *testing.T, root, name string, count, stopAfter int) []string {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childRoot+"="+root, childName+"="+name, childCount+"="+strconv.Itoa(count))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	var models []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), name) {
			t.Error(lines.Text())
		}
		models = append(models, lines.Text())
		if len(models) == stopAfter && stopAfter < count {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(models) < stopAfter {
		t.Errorf("%s acknowledged %d records, want %d", name, len(models), stopAfter)
	}
	return models
}

func TestRecordsComeBack(t *testing.T) {
	l := New(t.TempDir())
	want := []Record{record(0), record(19), {Key: Key{Model: "only a model"}}}
	for i := range want {
		want[i].Time = time.UnixMilli(1_796_000_000_123 + int64(i))
	}
	want[2].Time = want[2].Time.AddDate(0, 2, 0) // another segment
	if err := l.Append(want...); err != nil {
		t.Fatal(err)
	}
	if got := records(t, l, time.Time{}); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := records(t, l, want[1].Time); len(got) != 2 {
		t.Errorf("since the second: %d records", len(got))
	}
	for path, mode := range map[string]os.FileMode{l.Dir(): 0o700, filepath.Join(l.Dir(), "2026-11.log"): 0o600, filepath.Join(l.Dir(), lockName): 0o600} {
		if info, err := os.Stat(path); err != nil || openFlags != 0 && info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

func records(t *testing.T, l *Ledger, since time.Time) []Record {
	t.Helper()
	var got []Record
	if err := l.Records(since, func(r *Record) error { got = append(got, *r); return nil }); err != nil {
		t.Fatal(err)
	}
	return got
}

// Wherever a write has broken off, all other records can be read, and appended.
func TestTornRecords(t *testing.T) {
	whole := frame(record(0))
	for cut := range whole {
		l := New(t.TempDir())
		before, after := record(1), record(2)
		before.Time, after.Time = time.UnixMilli(1_796_000_000_000), time.UnixMilli(1_796_000_000_001)
		if err := l.Append(before); err != nil {
			t.Fatal(err)
		}
		tear(t, l, whole[:cut])
		if got := records(t, l, time.Time{}); len(got) != 1 {
			t.Fatalf("torn after %d bytes: %d records", cut, len(got))
		}
		if err := l.Append(after); err != nil {
			t.Fatal(err)
		}
		if got := records(t, l, time.Time{}); !cmp.Equal(got, []Record{before, after}) {
			t.Fatalf("torn after %d bytes: %v", cut, got)
		}
		work, err := l.Sums([]time.Time{{}}, false, func(Sum) {})
		if err != nil || work.Damaged != int64(cut) {
			t.Fatalf("torn after %d bytes: %d are damaged, %v", cut, work.Damaged, err)
		}
	}
}

func frame(r Record) []byte { return r.append(nil) }

func tear(t *testing.T, l *Ledger, piece []byte) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(l.Dir(), "2026-11.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = file.Write(piece)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnusableRoot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := record(0)
	r.Time = time.Now()
	if err := New(file).Append(r); err == nil {
		t.Error("no error of a root that is a file")
	}
	if err := New(filepath.Join(file, "below")).Append(r); err == nil {
		t.Error("no error of a root below a file")
	}
	if got := records(t, New(filepath.Join(t.TempDir(), "missing")), time.Time{}); len(got) > 0 {
		t.Error(got)
	}
}

// A lock that somebody holds for ever delays a record, and no more.
func TestStuckLock(t *testing.T) {
	l := New(t.TempDir())
	if err := os.Mkdir(l.Dir(), 0o700); err != nil {
		t.Fatal(err)
	}
	defer l.lock()()
	r := record(0)
	r.Time = time.Now()
	if err := l.Append(r); err != nil {
		t.Error(err)
	}
	if got := records(t, l, time.Time{}); len(got) != 1 {
		t.Errorf("%d records", len(got))
	}
}

func FuzzParseFrame(f *testing.F) {
	f.Add(frame(record(0)))
	f.Add(frame(Record{}))
	f.Add(frame(record(0))[:20])
	f.Add([]byte(mark + "\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		// A right checksum, so that what is behind it is tried as well.
		if len(b) >= frameSize && len(b)-frameSize <= maxPayload {
			b = append([]byte(mark), b[len(mark):]...)
			binary.LittleEndian.PutUint16(b[len(mark):], uint16(len(b)-frameSize))
			binary.LittleEndian.PutUint32(b[len(mark)+2:], checksum(b, b[frameSize:]))
		}
		r, size := parseFrame(b)
		if size < 0 || size > len(b) {
			t.Fatalf("size %d of %d", size, len(b))
		}
		if size == 0 {
			return
		}
		record, ok := r.record()
		if !ok {
			return
		}
		again, size := parseFrame(frame(record))
		if back, ok := again.record(); size == 0 || !ok || back != record {
			t.Errorf("%v became %v", record, back)
		}
	})
}
