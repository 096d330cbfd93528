package usage

import (
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Window is the time for which a limit counts, as of some moment.
type Window struct {
	From time.Time

	// Resets is when counting begins anew; the zero time for a window that rolls, in
	// which a request counts for as long as the window is.
	Resets time.Time

	// Known says that the words of the limit were understood, and that From is not
	// a guess.
	Known bool
}

// WindowOf returns the window of a limit at a moment. billingDay is the day of the
// month on which a month of the plan begins, 0 if nobody has said so. What the
// words of the limit do not say, or not in a way that is known here, is taken for
// a window that rolls.
func WindowOf(l sdk.Limit, now time.Time, billingDay int) Window {
	rolling := Window{From: now.Add(-l.Window), Known: l.Resets == "rolling"}
	day, clock, zone, ok := parseReset(l.Resets)
	if !ok {
		return rolling
	}
	local := now.In(zone)
	if day == billing {
		if billingDay == 0 {
			return rolling
		}
		return monthly(local, clock, billingDay)
	}
	from := midnight(local).Add(clock)
	days := 1
	if day != daily {
		days = 7
		from = from.AddDate(0, 0, int(day-local.Weekday()))
	}
	if from.After(local) {
		from = from.AddDate(0, 0, -days)
	}
	return Window{From: from, Resets: from.AddDate(0, 0, days), Known: true}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// monthly returns the window of a month of a plan. In a month that has no such day
// it is the last one.
func monthly(now time.Time, clock time.Duration, day int) Window {
	begin := func(month time.Month) time.Time {
		first := time.Date(now.Year(), month, 1, 0, 0, 0, 0, now.Location())
		last := first.AddDate(0, 1, -1).Day()
		return first.AddDate(0, 0, min(day, last)-1).Add(clock)
	}
	month := now.Month()
	if begin(month).After(now) {
		month--
	}
	return Window{From: begin(month), Resets: begin(month + 1), Known: true}
}

// Days that are no weekdays.
const (
	daily   time.Weekday = -1
	billing time.Weekday = -2
)

// parseReset reads the words of a limit: "Monday 00:00 UTC+8", "billing day 00:00
// UTC+8", "daily 00:00 UTC".
func parseReset(words string) (day time.Weekday, clock time.Duration, zone *time.Location, ok bool) {
	fields := strings.Fields(words)
	if len(fields) < 3 {
		return 0, 0, nil, false
	}
	when := strings.ToLower(strings.Join(fields[:len(fields)-2], " "))
	at, err := time.Parse("15:04", fields[len(fields)-2])
	zone, zoneOK := parseZone(fields[len(fields)-1])
	day, dayOK := parseDay(when)
	clock = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	return day, clock, zone, err == nil && zoneOK && dayOK
}

func parseDay(text string) (time.Weekday, bool) {
	switch text {
	case "daily":
		return daily, true
	case "billing day":
		return billing, true
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) {
			return day, true
		}
	}
	return 0, false
}

// parseZone reads "UTC", "UTC+8" or "UTC-03:30".
func parseZone(text string) (*time.Location, bool) {
	offset, ok := strings.CutPrefix(text, "UTC")
	if !ok || offset == "" {
		return time.UTC, ok
	}
	for _, layout := range []string{"-7", "-07:00", "-07"} {
		if layout == "-7" { // what package time has no layout for
			if len(offset) != 2 {
				continue
			}
			offset = offset[:1] + "0" + offset[1:]
			layout = "-07"
		}
		if t, err := time.Parse(layout, offset); err == nil {
			_, seconds := t.Zone()
			return time.FixedZone(text, seconds), true
		}
	}
	return nil, false
}
