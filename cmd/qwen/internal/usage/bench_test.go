package usage

import (
	"fmt"
	"testing"
	"time"
)

// fill appends n records, the last of them at the time end.
func fill(t testing.TB, l *Ledger, n int, every time.Duration, end time.Time) {
	t.Helper()
	var batch []Record
	for i := range n {
		r := record(i)
		r.Time = end.Add(-time.Duration(n-1-i) * every)
		batch = append(batch, r)
		if len(batch) == 1000 || i == n-1 {
			if err := l.Append(batch...); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}

func record(i int) Record {
	outcome := OK
	if i%20 == 19 {
		outcome = "rate_limit"
	}
	return Record{
		Duration: 1500 * time.Millisecond,
		Key: Key{Connection: "work", Provider: "coding-plan", Host: "coding.dashscope.aliyuncs.com",
			Model: fmt.Sprintf("qwen3-coder-%d", i%5), Outcome: outcome, Counted: Reported},
		Tokens: Tokens{Input: 1000 + int64(i%7), Output: 200, Cached: 10, Reasoning: 5},
	}
}

func BenchmarkAppend(b *testing.B) {
	l := New(b.TempDir())
	r := record(0)
	r.Time = time.Now()
	for b.Loop() {
		if err := l.Append(r); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkSums(b *testing.B, every time.Duration, again, daily bool) {
	l := New(b.TempDir())
	end := time.Now()
	fill(b, l, 1_000_000, every, end)
	cuts := []time.Time{end.AddDate(-30, 0, 0), end.Add(-5 * time.Hour)}
	for b.Loop() {
		if !again {
			b.StopTimer()
			removeSummaries(b, l)
			b.StartTimer()
		}
		n := int64(0)
		work, err := l.Sums(cuts, daily, func(s Sum) { n += s.Requests })
		if err != nil || n != 1_000_000 {
			b.Fatal(n, err)
		}
		b.ReportMetric(float64(work.Decoded), "decoded")
		b.ReportMetric(float64(work.Sums), "sums")
	}
}

// A million requests, within a week and over twenty years: without any sums, for
// the first time, and by day.
func BenchmarkMillionWeekNoSums(b *testing.B)  { benchmarkSums(b, 600*time.Millisecond, false, false) }
func BenchmarkMillionWeek(b *testing.B)        { benchmarkSums(b, 600*time.Millisecond, true, false) }
func BenchmarkMillionWeekByDay(b *testing.B)   { benchmarkSums(b, 600*time.Millisecond, true, true) }
func BenchmarkMillionYearsNoSums(b *testing.B) { benchmarkSums(b, 10*time.Minute, false, false) }
func BenchmarkMillionYears(b *testing.B)       { benchmarkSums(b, 10*time.Minute, true, false) }
func BenchmarkMillionYearsByDay(b *testing.B)  { benchmarkSums(b, 10*time.Minute, true, true) }
