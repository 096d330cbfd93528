package markdown

import (
	"slices"
	"sort"
	"strings"
)

const (
	// maxRows is how many rows decide how wide the columns are.
	maxRows = 40

	columnGap = " │ "
	ruleGap   = "─┼─"

	// minColumn is the width under which a column cannot be read. A table that
	// needs narrower ones is shown as records.
	minColumn = 8

	// maxColumns is how many columns a table has at most. What has more is text:
	// every row costs as much as there are columns.
	maxColumns = 50

	// maxWord is the longest word that a column is made wide enough for.
	maxWord = 16
)

// A table is laid out when its columns are known to be wide enough: at its end, or
// after maxRows rows.
type table struct {
	align []byte // of each column: 'l', 'c' or 'r'
	head  []text
	rows  [][]text
	size  int
	want  []int // how wide each column would be
	need  []int // how wide it is at least, not to break words
	shown int   // rows that are laid out
	begun bool
}

func newTable(d *document, head []string, align []byte) *table {
	t := &table{align: align, want: make([]int, len(align)), need: make([]int, len(align))}
	t.head = t.cells(d, head, d.theme.column)
	return t
}

// alignments returns the alignments in the line below a table's header, nil if the
// line is none.
func alignments(line string) []byte {
	if !strings.Contains(line, "|") || strings.Trim(line, "|:- \t") != "" {
		return nil
	}
	var align []byte
	for _, cell := range splitRow(line) {
		dashes := strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":")
		if dashes == "" || strings.Trim(dashes, "-") != "" {
			return nil
		}
		align = append(align, alignment(cell))
	}
	if len(align) > maxColumns {
		return nil
	}
	return align
}

func alignment(cell string) byte {
	switch {
	case !strings.HasSuffix(cell, ":"):
		return 'l'
	case strings.HasPrefix(cell, ":"):
		return 'c'
	}
	return 'r'
}

// splitRow returns the cells of a row. Other than GitHub has it, a bar in code belongs
// to the code.
func splitRow(line string) []string {
	line = strings.TrimPrefix(strings.Trim(line, " \t"), "|")
	var cells []string
	for {
		n := cellLength(line)
		if n < len(line) || len(cells) == 0 || strings.Trim(line, " \t") != "" {
			cells = append(cells, strings.ReplaceAll(strings.Trim(line[:n], " \t"), `\|`, "|"))
		}
		if n == len(line) {
			return cells
		}
		line = line[n+1:]
	}
}

// cellLength returns how long the cell is that s begins with.
func cellLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '|':
			return i
		case '\\':
			i++
		case '`':
			run := markAt(s[i:])
			i += len(run) - 1
			if n := indexRun(s[i+1:], run); n >= 0 {
				i += n + len(run)
			}
		}
	}
	return len(s)
}

// cells makes texts of the cells of a row, as many as there are columns. What is too
// much goes to the last one.
func (t *table) cells(d *document, sources []string, base style) []text {
	n := len(t.align)
	if len(sources) > n {
		sources[n-1] = strings.Join(sources[n-1:], " | ")
		sources = sources[:n]
	}
	cells := make([]text, n)
	for i, source := range sources {
		d.addInline(&cells[i], source, base)
		if !t.begun {
			t.measure(i, cells[i].String())
		}
	}
	return cells
}

func (t *table) measure(column int, cell string) {
	for line := range strings.SplitSeq(cell, "\n") {
		t.want[column] = max(t.want[column], columns(line))
		for _, p := range pieces(line) {
			t.need[column] = max(t.need[column], min(columns(line[p.from:p.to]), maxWord))
		}
	}
}

func (t *table) take(*document, *cursor) bool { return false }

func (t *table) more(d *document, s string) { t.add(d, s) }

// add takes a row.
func (t *table) add(d *document, line string) {
	t.rows = append(t.rows, t.cells(d, splitRow(line), style{}))
	t.size += len(line)
	if t.begun || len(t.rows) == maxRows || t.size >= maxOpen {
		t.flush(d)
	}
}

func (t *table) close(d *document) {
	if !t.begun || len(t.rows) > 0 {
		t.flush(d)
	}
}

func (t *table) clone() leaf {
	u := *t
	u.rows, u.want = slices.Clip(t.rows), slices.Clone(t.want)
	return &u
}

// flush lays out the rows that are waiting.
func (t *table) flush(d *document) {
	if !t.begun {
		d.gap()
	}
	if widths := t.fit(d.room()); widths != nil {
		t.layRows(d, widths)
	} else {
		t.layRecords(d)
	}
	t.begun, t.rows = true, nil
}

// fit returns how wide the columns are in so much room, nil if it is not enough: as
// wide as they would be, or else all the same, but for those that need more.
func (t *table) fit(room int) []int {
	room -= columns(columnGap) * (len(t.want) - 1)
	least := make([]int, len(t.want))
	for i, want := range t.want {
		least[i] = min(want, minColumn)
	}
	if need := atLeast(least, t.need); sum(need) <= room {
		least = need
	}
	if sum(least) > room {
		return nil
	}
	level := sort.Search(room, func(level int) bool { return sum(t.level(level+1, least)) > room })
	return t.level(level, least)
}

// level returns the widths of columns that are all the same, but no wider than each
// would be and no narrower than it has to be.
func (t *table) level(width int, least []int) []int {
	widths := make([]int, len(t.want))
	for i, want := range t.want {
		widths[i] = min(want, max(width, least[i]))
	}
	return widths
}

func atLeast(a, b []int) []int {
	c := make([]int, len(a))
	for i := range a {
		c[i] = max(a[i], b[i])
	}
	return c
}

func sum(numbers []int) int {
	n := 0
	for _, x := range numbers {
		n += x
	}
	return n
}

func (t *table) layRows(d *document, widths []int) {
	if !t.begun {
		t.layRow(d, t.head, widths)
		layTableRule(d, widths)
	}
	broken := sum(widths) < sum(t.want) // rows of several lines are hard to tell apart
	for _, row := range t.rows {
		if broken && t.shown > 0 {
			layTableRule(d, widths)
		}
		t.layRow(d, row, widths)
		t.shown++
	}
}

func layTableRule(d *document, widths []int) {
	var parts []string
	for _, width := range widths {
		parts = append(parts, strings.Repeat("─", width))
	}
	var l text
	l.add(strings.Join(parts, ruleGap), d.theme.rule, "")
	d.put(&l, l.all())
}

func (t *table) layRow(d *document, cells []text, widths []int) {
	height := 0
	lines := make([][]segment, len(cells))
	for i := range cells {
		lines[i] = wrap(cells[i].String(), widths[i])
		height = max(height, len(lines[i]))
	}
	for y := range height {
		var l text
		for i := range cells {
			if i > 0 {
				l.add(columnGap, d.theme.rule, "")
			}
			part := segment{}
			if y < len(lines[i]) {
				part = lines[i][y]
			}
			l.addAligned(&cells[i], part, widths[i], t.align[i])
		}
		d.put(&l, segment{0, len(strings.TrimRight(l.String(), " "))})
	}
}

// addAligned appends a part of a text and fills up the column.
func (t *text) addAligned(o *text, part segment, width int, align byte) {
	gap := width - columns(string(o.buf[part.from:part.to]))
	before := 0
	switch align {
	case 'r':
		before = gap
	case 'c':
		before = gap / 2
	}
	t.fill(before)
	t.addPart(o, part)
	t.fill(gap - before)
}

// layRecords lays out each row as lines of a header and a cell.
func (t *table) layRecords(d *document) {
	if !t.begun && len(t.rows) == 0 {
		for i := range t.head {
			d.putWrapped(&t.head[i])
		}
	}
	for _, row := range t.rows {
		if t.shown > 0 {
			d.put(&text{}, segment{})
		}
		t.shown++
		for i := range row {
			var l text
			l.addPart(&t.head[i], t.head[i].all())
			l.add(": ", d.theme.column, "")
			l.addPart(&row[i], row[i].all())
			d.putWrapped(&l)
		}
	}
}
