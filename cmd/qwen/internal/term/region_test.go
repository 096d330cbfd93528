package term

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A painted is a region on a screen, and what should be there.
type painted struct {
	region
	s        *screen
	finished []string
}

func newPainted(t *testing.T, reflow reflow, width, height int) *painted {
	s := newScreen(t, width, height)
	s.reflow = reflow
	return &painted{region: region{reflow: reflow}, s: s}
}

// draw draws, with the size that the terminal was taken for, and returns what was
// written.
func (p *painted) draw(width int, finished []string, f Frame) string {
	p.reported = p.s.x + 1
	var b bytes.Buffer
	p.region.draw(&b, finished, f, width, p.s.height)
	_, _ = p.s.Write(b.Bytes())
	p.finished = append(p.finished, finished...)
	return b.String()
}

// check checks that the finished lines and below them the frame are on the screen,
// and nothing else.
func (p *painted) check(t *testing.T, f Frame) {
	t.Helper()
	want := slices.Concat(p.finished, f.Lines)
	if got := p.s.lines(); !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("on the screen from line %d:\n%q\nwant:\n%q", i, got[i:], want[i:])
			}
		}
	}
	p.checkCursor(t, f)
}

func (p *painted) checkCursor(t *testing.T, f Frame) {
	t.Helper()
	if x, y := p.s.x, len(p.s.rows)-len(f.Lines)+f.Row; x != f.Column || p.s.y != y {
		t.Fatalf("cursor in column %d of row %d, want %d of %d", p.s.x, p.s.y, x, y)
	}
}

// lines returns the lines on the screen and above it, those that are broken whole.
func (s *screen) lines() []string {
	var lines []string
	whole := ""
	for _, row := range s.rows {
		whole += strings.Join(row.cells, "")
		if !row.goesOn {
			lines, whole = append(lines, whole), ""
		}
	}
	return lines
}

// randomFrame is a frame of any kind that fits a terminal.
func randomFrame(random *rand.Rand, columns int) Frame {
	var f Frame
	for range 1 + random.IntN(8) {
		f.Lines = append(f.Lines, randomLine(random, "live", random.IntN(columns)))
	}
	f.Row = random.IntN(len(f.Lines))
	f.Column = random.IntN(Width(f.Lines[f.Row]) + 1)
	return f
}

func randomLine(random *rand.Rand, name string, columns int) string {
	text := fmt.Sprintf("%s %d ", name, random.IntN(1000))
	if random.IntN(2) == 0 {
		text += "a"
	}
	text += strings.Repeat([]string{"x", "世界", "- "}[random.IntN(3)], 200)
	s := scanText(text)
	for width := 0; s.next() && width+s.width <= columns; {
		width += s.width
	}
	return strings.TrimRight(text[:len(text)-len(s.rest)-len(s.piece)], " ")
}

// Whatever is drawn and however the terminal's width changes, each finished line is
// there once, and of the frames the last one. Height is no matter: what is moved off
// the screen is out of reach.
func TestRegionLeavesNoResidue(t *testing.T) {
	for name, reflow := range map[string]reflow{"breaks lines": breaksLines, "breaks lines and tells": leadsBack, "keeps rows": keepsRows} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(80) {
				random := rand.New(rand.NewPCG(seed, 0))
				p := newPainted(t, reflow, 40+random.IntN(60), 200)
				for range 20 {
					var finished []string
					for range random.IntN(3) {
						finished = append(finished, randomLine(random, "finished", random.IntN(300)))
					}
					if reflow == keepsRows { // which a narrower terminal would cut off
						finished = nil
					}
					if random.IntN(2) == 0 {
						p.s.resize(20 + random.IntN(100))
					}
					f := randomFrame(random, p.s.width)
					p.draw(p.s.width, finished, f)
					p.check(t, f)
				}
			}
		})
	}
}

// tmux may have broken the lines anew before it tells. What is drawn meanwhile may
// look odd, but is gone when it has told.
func TestRegionOnTerminalThatTellsLate(t *testing.T) {
	for seed := range uint64(80) {
		random := rand.New(rand.NewPCG(seed, 0))
		p := newPainted(t, leadsBack, 80, 300)
		told := 80
		for range 20 {
			if random.IntN(3) == 0 {
				p.s.resize(20 + random.IntN(100))
			}
			var finished []string
			if random.IntN(2) == 0 {
				finished = []string{randomLine(random, "finished", random.IntN(300))}
			}
			p.draw(told, finished, randomFrame(random, told))
			if random.IntN(3) == 0 {
				told, p.stale = p.s.width, true
				f := randomFrame(random, told)
				p.draw(told, nil, f)
				p.check(t, f)
			}
		}
	}
}

// Only what has changed is written.
func TestRegionWritesWhatChanged(t *testing.T) {
	p := newPainted(t, breaksLines, 40, 10)
	lines := []string{"one", "two", "three", "four", "five"}
	f := Frame{Lines: lines, Row: 2, Column: 3}
	p.draw(40, []string{"done"}, f)
	p.check(t, f)
	for _, c := range []struct {
		change int
		text   string
	}{{2, "3"}, {0, "1"}, {4, "5"}} {
		f.Lines = slices.Clone(f.Lines)
		f.Lines[c.change] = c.text
		got := p.draw(40, nil, f)
		p.check(t, f)
		for i, line := range f.Lines {
			if strings.Contains(got, eraseRow+line) != (i == c.change) {
				t.Errorf("%q: changed line %d is not the only one", got, c.change)
			}
		}
	}
	f.Column = 1
	if got := p.draw(40, nil, f); len(got) > 40 {
		t.Errorf("the cursor moves by %q", got)
	}
	p.check(t, f)
	if got := p.draw(40, nil, f); got != "" {
		t.Errorf("nothing changes by %q", got)
	}
}

func TestRegionCutsFrames(t *testing.T) {
	p := newPainted(t, breaksLines, 10, 3)
	f := Frame{Lines: []string{"zero", "one", "two", "three is long", "four"}, Row: 4, Column: 80}
	for range 2 {
		p.draw(10, []string{"done"}, f)
	}
	p.check(t, Frame{Lines: []string{"two", "three is…", "four"}, Row: 2, Column: 9})
	f.Row, f.Column = 1, 0 // far from the end
	p.draw(10, nil, f)
	p.check(t, Frame{Lines: []string{"one", "two", "three is…"}})
	p.draw(10, nil, Frame{})
	p.check(t, Frame{Lines: []string{""}})
}

// Lines that can be spared are left out as far as a narrow terminal has no room for
// them.
func TestRegionSparesLines(t *testing.T) {
	wide, short := strings.Repeat("x", 99), "y"
	f := Frame{Lines: []string{wide, wide, wide, wide, short, wide, short}, Row: 5}
	for _, c := range []struct{ spare, rows, want int }{
		{0, 7, 7},
		{4, 17, 7}, // five wide lines in 3 rows each, two short ones
		{4, 16, 6},
		{4, 14, 6},
		{4, 13, 5},
		{4, 7, 4},
		{2, 7, 6},
		{9, 7, 3},
	} {
		f.Spare = c.spare
		p := newPainted(t, leadsBack, 100, c.rows)
		p.draw(100, nil, f)
		if got := len(p.lines); got != c.want {
			t.Errorf("%d spare lines and %d rows: %d lines, want %d", c.spare, c.rows, got, c.want)
		}
		p.checkCursor(t, Frame{Lines: f.Lines[len(f.Lines)-c.want:], Row: c.want - 2})
	}
}

func TestRegionHidesCursor(t *testing.T) {
	p := newPainted(t, breaksLines, 40, 10)
	for _, hide := range []bool{false, true, true, false} {
		p.draw(40, nil, Frame{Lines: []string{"x"}, HideCursor: hide})
		if p.s.hidden != hide {
			t.Errorf("hidden: %v, want %v", p.s.hidden, hide)
		}
	}
}

// Styles that somebody has left open end with their line.
func TestRegionEndsStyles(t *testing.T) {
	p := newPainted(t, breaksLines, 40, 10)
	got := p.draw(40, []string{"\x1b[1mbold"}, Frame{Lines: []string{"\x1b[31mred"}})
	if !strings.Contains(got, "bold\x1b[m\r\n") || !strings.Contains(got, "red\x1b[m") {
		t.Errorf("%q", got)
	}
}
