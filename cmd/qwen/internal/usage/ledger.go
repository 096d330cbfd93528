package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	dirName  = "usage" // below the state root
	dirMode  = 0o700
	fileMode = 0o600

	segmentSuffix = ".log"
	summarySuffix = ".sum"
	lockName      = "lock"
	monthLayout   = "2006-01" // names of segments, in UTC

	// header begins every segment.
	header = "qwen usage 1\n"

	// sumEvery is how many bytes a segment grows until a writer adds them up, for
	// readers to have less to do.
	sumEvery = 1 << 20

	// lockWait bounds the wait for other writers, each of which takes microseconds.
	lockWait = 250 * time.Millisecond
	lockPoll = time.Millisecond
)

// A Ledger is a directory of segments. Any number of processes may read and append
// at the same time.
type Ledger struct{ dir string }

// New returns the ledger below a state root. Nothing is read or made before it is
// used.
func New(root string) *Ledger { return &Ledger{dir: filepath.Join(root, dirName)} }

// Dir returns the directory of the ledger.
func (l *Ledger) Dir() string { return l.dir }

// Append adds records. When it has returned nil they are with the operating system:
// they survive the end of the process by whatever means, if not a power cut in the
// seconds that follow.
func (l *Ledger) Append(records ...Record) error {
	if len(records) == 0 {
		return nil
	}
	if err := os.MkdirAll(l.dir, dirMode); err != nil {
		return err
	}
	defer l.lock()()
	var month string
	var frames []byte
	for i := range records {
		if m := records[i].Time.UTC().Format(monthLayout); m != month {
			if err := l.write(month, frames); err != nil {
				return err
			}
			month, frames = m, frames[:0]
		}
		frames = records[i].append(frames)
	}
	return l.write(month, frames)
}

// lock keeps other writers away, and returns what lets them in again. Local file
// systems need none, since an append is one step to them; network file systems do.
// So if the lock does not come, records are appended all the same: at worst some
// are found damaged and are passed over.
func (l *Ledger) lock() (unlock func()) {
	lock := flock.New(filepath.Join(l.dir, lockName), flock.SetFlag(os.O_CREATE|os.O_RDWR|openFlags), flock.SetPermissions(fileMode))
	if ok, err := lock.TryLock(); err != nil || !ok {
		ctx, cancel := context.WithTimeout(context.Background(), lockWait)
		defer cancel()
		_, _ = lock.TryLockContext(ctx, lockPoll)
	}
	return func() { _ = lock.Close() }
}

// write appends frames to a segment: all in one write, so that they cannot get
// mixed with those of others.
func (l *Ledger) write(month string, frames []byte) error {
	if len(frames) == 0 {
		return nil
	}
	path := filepath.Join(l.dir, month+segmentSuffix)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|openFlags, fileMode)
	if err != nil {
		return err
	}
	before, err := regularSize(file)
	if err == nil {
		if before == 0 {
			frames = append([]byte(header), frames...)
		}
		_, err = file.Write(frames)
	}
	if err = errors.Join(err, file.Close()); err == nil {
		l.addUp(month, before, before+int64(len(frames)))
	}
	return err
}

// regularSize returns the size of a file that is a usual one.
func regularSize(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", file.Name())
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// addUp adds up what was written before, now and then: the segment itself each time
// that it has grown by so much, the month before when a new one begins.
func (l *Ledger) addUp(month string, before, after int64) {
	if before == 0 {
		months, _ := l.months(time.Time{})
		if i := slices.Index(months, month); i > 0 {
			l.readSegment(months[i-1]).close()
		}
	}
	if before/sumEvery != after/sumEvery {
		l.readSegment(month).close()
	}
}

// months lists the segments there are that may hold records from since on, the
// oldest first.
func (l *Ledger) months(since time.Time) ([]string, error) {
	entries, err := os.ReadDir(l.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var months []string
	for _, entry := range entries {
		month, ok := strings.CutSuffix(entry.Name(), segmentSuffix)
		begin, parseErr := time.Parse(monthLayout, month)
		if ok && parseErr == nil && begin.AddDate(0, 1, 0).After(since) {
			months = append(months, month)
		}
	}
	slices.Sort(months)
	return months, err
}

// open opens a file of the ledger for reading. It follows no link and waits
// for no pipe.
func (l *Ledger) open(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(l.dir, name), os.O_RDONLY|openFlags, 0)
}
