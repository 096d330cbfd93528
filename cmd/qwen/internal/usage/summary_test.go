package usage

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// However records are added up, it comes to the same.
func TestSums(t *testing.T) {
	end := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	l := New(t.TempDir())
	fill(t, l, 3*blockRecords+100, 7*time.Minute, end) // over several months
	begin := end.AddDate(0, 0, -40).Add(123 * time.Millisecond)
	want := map[Key]Tokens{}
	wantDays := map[string]int64{}
	for _, r := range records(t, l, begin) {
		sum := want[r.Key]
		sum.add(&r.Tokens)
		want[r.Key] = sum
		wantDays[day(r.Time)]++
	}
	check := func(name string, daily bool) {
		got, days := map[Key]Tokens{}, map[string]int64{}
		if _, err := l.Sums([]time.Time{end.Add(-5 * time.Hour), begin}, daily, func(s Sum) {
			sum := got[*s.Key]
			sum.add(&s.Tokens)
			got[*s.Key] = sum
			days[day(s.Time)] += s.Requests
		}); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(got, want) {
			t.Errorf("%s: %s", name, cmp.Diff(want, got))
		}
		if daily && !cmp.Equal(days, wantDays) {
			t.Errorf("%s: %s", name, cmp.Diff(wantDays, days))
		}
	}
	check("as written", false)
	check("by day", true)
	removeSummaries(t, l)
	check("without sums", true)
	check("with sums of a reader", true)
	for _, file := range summaries(t, l) {
		data, err := os.ReadFile(file)
		if err == nil {
			data[len(data)/2] ^= 1
			err = os.WriteFile(file, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	check("with damaged sums", false)
}

// day names a day in a zone that is half an hour off.
func day(at time.Time) string {
	return at.In(time.FixedZone("", 5*3600+1800)).Format(time.DateOnly)
}

// A segment that was put in the place of another does not get that one's sums.
func TestForeignSummary(t *testing.T) {
	end := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	one, two := New(t.TempDir()), New(t.TempDir())
	fill(t, one, blockRecords, time.Second, end)
	fill(t, two, blockRecords+5, time.Second, end.Add(time.Hour))
	for _, l := range []*Ledger{one, two} {
		if n := count(t, l); n == 0 {
			t.Fatal("nothing")
		}
	}
	const name = "2026-11" + summarySuffix
	if err := os.Rename(filepath.Join(one.Dir(), name), filepath.Join(two.Dir(), name)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, two); n != blockRecords+5 {
		t.Errorf("%d requests, want %d", n, blockRecords+5)
	}
}

func count(t *testing.T, l *Ledger) (n int64) {
	t.Helper()
	if _, err := l.Sums([]time.Time{{}}, false, func(s Sum) { n += s.Requests }); err != nil {
		t.Fatal(err)
	}
	return n
}

// What a reader has to do does not grow with the number of requests: beside a few
// sums for every block, it reads some thousand records of however many there are,
// also the first time that anybody asks.
func TestManyRequestsAreLittleWork(t *testing.T) {
	const many = 250_000
	end := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	l := New(t.TempDir())
	fill(t, l, many, 24*time.Second, end) // in about ten weeks
	total := int64(0)
	work, err := l.Sums([]time.Time{{}, end.AddDate(0, 0, -7), end.Add(-5 * time.Hour)}, false, func(s Sum) { total += s.Requests })
	if err != nil || total != many {
		t.Fatalf("%d requests, %v", total, err)
	}
	if most := sumEvery/len(frame(record(0))) + 3*blockRecords; work.Decoded > most {
		t.Errorf("%d records were read one by one, want at most %d", work.Decoded, most)
	}
	if most := many/blockRecords*10 + 3*blockRecords; work.Sums > most {
		t.Errorf("%d sums were read, want at most %d", work.Sums, most)
	}
}

func summaries(t testing.TB, l *Ledger) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(l.Dir(), "*"+summarySuffix))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sums: %v", err)
	}
	return files
}

func removeSummaries(t testing.TB, l *Ledger) {
	t.Helper()
	for _, file := range summaries(t, l) {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// seal makes a file of a body, with a right checksum.
func seal(body []byte) []byte {
	b := append([]byte(summaryHeader), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func FuzzDecodeSummary(f *testing.F) {
	s := &summary{}
	key, _ := s.key((&Key{Model: "m", Outcome: OK}).append(nil))
	b := block{end: 100, min: 1 << 62}
	b.add(map[rowID]int{}, key, &raw{time: 5, tokens: Tokens{Input: 1}})
	b.total()
	s.blocks = []block{b}
	seed := s.encode(7)
	f.Add(seed[len(summaryHeader) : len(seed)-4])
	f.Add([]byte{0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, body []byte) {
		s, _, err := decodeSummary(seal(body))
		if err != nil {
			return
		}
		for i := range s.blocks {
			for _, r := range append(s.fineRows(&s.blocks[i]), s.blocks[i].rows...) {
				_ = s.keys[r.key]
			}
		}
	})
}
