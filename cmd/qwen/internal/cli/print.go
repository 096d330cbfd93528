package cli

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// printJSON prints a value as indented JSON.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.streams.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printTable prints rows in columns, the first row being the heading. A column
// in which no row but the heading has anything is left out. Cells may be
// somebody else's text.
func (a *app) printTable(rows [][]string) error {
	rows = cleanRows(rows)
	widths := columnWidths(rows)
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if widths[i] == 0 {
				continue
			}
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := a.streams.Out.Write([]byte(b.String()))
	return err
}

// printIndented prints rows in columns, two spaces in, without a heading. A cell
// that nothing follows may be as long as it likes.
func (a *app) printIndented(rows [][]string) error {
	rows = cleanRows(rows)
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			if strings.Join(row[i+1:], "") != "" {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := "  "
		for i, cell := range row {
			line += cell + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := a.streams.Out.Write([]byte(b.String()))
	return err
}

func cleanRows(rows [][]string) [][]string {
	clean := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			clean[i] = append(clean[i], term.CleanLine(cell))
		}
	}
	return clean
}

// columnWidths returns the width of each column, 0 for one that is empty.
func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	used := make([]bool, len(rows[0]))
	for r, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			used[i] = used[i] || r > 0 && cell != ""
		}
	}
	for i := range widths {
		if !used[i] && i > 0 {
			widths[i] = 0
		}
	}
	return widths
}
