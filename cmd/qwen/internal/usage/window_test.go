package usage

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

func TestWindowOf(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		resets     string
		window     time.Duration
		now        string // 2026-11-22 is a Sunday
		billingDay int
		from, next string // in UTC; next is empty for a window that rolls
		known      bool
	}{
		{"rolling", 5 * time.Hour, "2026-11-22 15:00", 0, "2026-11-22 10:00", "", true},
		{"", day, "2026-11-22 15:00", 0, "2026-11-21 15:00", "", false},
		{"when we like", day, "2026-11-22 15:00", 0, "2026-11-21 15:00", "", false},
		{"Monday 00:00 UTC+8", 7 * day, "2026-11-22 15:59", 0, "2026-11-15 16:00", "2026-11-22 16:00", true},
		{"Monday 00:00 UTC+8", 7 * day, "2026-11-22 16:00", 0, "2026-11-22 16:00", "2026-11-29 16:00", true},
		{"Monday 09:30 UTC", 7 * day, "2026-11-23 09:29", 0, "2026-11-16 09:30", "2026-11-23 09:30", true},
		{"daily 00:00 UTC-03:30", day, "2026-11-22 03:29", 0, "2026-11-21 03:30", "2026-11-22 03:30", true},
		{"billing day 00:00 UTC+8", 30 * day, "2026-11-22 15:00", 0, "2026-10-23 15:00", "", false},
		{"billing day 00:00 UTC+8", 30 * day, "2026-11-22 15:00", 17, "2026-11-16 16:00", "2026-12-16 16:00", true},
		{"billing day 00:00 UTC+8", 30 * day, "2026-11-16 15:59", 17, "2026-10-16 16:00", "2026-11-16 16:00", true},
		{"billing day 00:00 UTC", 30 * day, "2027-01-15 00:00", 31, "2026-12-31 00:00", "2027-01-31 00:00", true},
		{"billing day 00:00 UTC", 30 * day, "2027-02-28 00:00", 31, "2027-02-28 00:00", "2027-03-31 00:00", true},
	} {
		now := at(t, c.now)
		w := WindowOf(sdk.Limit{Resets: c.resets, Window: c.window}, now, c.billingDay)
		next := time.Time{}
		if c.next != "" {
			next = at(t, c.next)
		}
		if !w.From.Equal(at(t, c.from)) || !w.Resets.Equal(next) || w.Known != c.known {
			t.Errorf("%q at %s: %v", c.resets, c.now, w)
		}
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// Requests leave a window that rolls one by one, to the millisecond; those that the
// service refused were never in it.
func TestRollingWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &sdk.Description{Name: "coding-plan", Plans: []sdk.Plan{{ID: "lite", Limits: []sdk.Limit{
			{Unit: sdk.LimitRequests, Amount: 100, Window: 5 * time.Hour, Resets: "rolling"},
			{Unit: sdk.LimitTokens, Amount: 100, Window: 5 * time.Hour, Resets: "rolling"},
		}}, {ID: "pro"}}}
		l := New(t.TempDir())
		for i, outcome := range []string{OK, "rate_limit", "canceled", "quota", OK} {
			r := record(0)
			r.Time, r.Outcome = time.Now(), outcome
			if err := l.Append(r); err != nil {
				t.Fatal(err)
			}
			if i < 4 {
				time.Sleep(time.Hour)
			}
		}
		expect := func(used, refused int64, leaves time.Duration) {
			t.Helper()
			r, err := l.Report(Query{Now: time.Now(), Since: time.Now().Add(time.Minute * -1), By: ByModel, Providers: []*sdk.Description{d}})
			if err != nil {
				t.Fatal(err)
			}
			u := r.Limits[0]
			if u.Used != used || u.Refused != refused || used > 0 && time.Until(u.Oldest.Add(u.Limit.Window)) != leaves {
				t.Errorf("after %v: %d used, %d refused, %v the oldest; want %d, %d, and %v to go", time.Now(), u.Used, u.Refused, u.Oldest, used, refused, leaves)
			}
			if tokens := r.Limits[1].Used; tokens != used*1200 {
				t.Errorf("%d tokens", tokens)
			}
		}
		expect(3, 1, time.Hour)
		time.Sleep(time.Hour)
		expect(3, 1, 0)
		time.Sleep(time.Millisecond)
		expect(2, 1, 2*time.Hour-time.Millisecond)
		time.Sleep(4*time.Hour + time.Millisecond)
		expect(0, 0, 0)
	})
}

func TestReportGroups(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	l := New(t.TempDir())
	fill(t, l, 100, time.Hour, now) // a little more than four days
	r, err := l.Report(Query{Now: now, Since: now.Add(-48*time.Hour + time.Minute), By: ByDay})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	if r.Total.Requests != 48 || r.Total.Failed != 3 || len(names) != 3 || names[0] != "2026-11-20" || r.Groups[2].Requests != 16 {
		t.Errorf("%+v in %q", r.Total, names)
	}
	if len(r.Days) != 3 || r.Days[1].Requests != 24 {
		t.Errorf("days %+v", r.Days)
	}
	if len(r.Limits) > 0 {
		t.Errorf("limits of nobody: %v", r.Limits)
	}
}

// A period that begins within the millisecond of a request has it, and what is
// added up with it.
func TestReportBeginsWithinAMillisecond(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	l := New(t.TempDir())
	fill(t, l, 6, time.Minute, now)
	since := now.Add(-5*time.Minute + 700*time.Microsecond)
	r, err := l.Report(Query{Now: now, Since: since, By: ByModel})
	if err != nil || r.Total.Requests != 6 {
		t.Errorf("%d requests, %v", r.Total.Requests, err)
	}
}

func FuzzParseReset(f *testing.F) {
	f.Add("Monday 00:00 UTC+8")
	f.Add("billing day 23:59 UTC-03:30")
	f.Add("daily 00:00 UTC")
	f.Fuzz(func(t *testing.T, words string) {
		now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
		w := WindowOf(sdk.Limit{Resets: words, Window: time.Hour}, now, 31)
		if w.From.After(now) || !w.Resets.IsZero() && !w.Resets.After(now) {
			t.Errorf("%q: %v", words, w)
		}
	})
}

func TestEstimate(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "word": 1, "words": 2, "слово": 3, "你好": 2} {
		if got := Estimate(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
