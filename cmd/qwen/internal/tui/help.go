package tui

import (
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// keys is the table of keys, column by column. Keys that say themselves what they do
// are left out.
func (m *model) keys(rows int) []string {
	var cells [][2]string
	seen := map[string]bool{}
	for _, b := range Bindings() {
		if key := b.Keys[0]; !seen[key] && !plainKey(key) {
			seen[key] = true
			cells = append(cells, [2]string{KeyName(key), b.Does})
		}
	}
	lines := table(cells, len(cells), " ")
	for height := 1; height < len(cells); height++ {
		if t := table(cells, height, "  "); term.Width(t[0]) < m.width {
			lines = t
			break
		}
	}
	if rows = max(1, rows); len(lines) > rows {
		lines = append(lines[:rows-1], "  … more in a larger window")
	}
	return m.each(m.styles.dim, lines)
}

// plainKey reports whether a keyboard has the key, and everybody knows what for.
func plainKey(name string) bool {
	switch name {
	case "left", "right", "down", "home", "end", "pageup", "pagedown", "backspace", "delete":
		return true
	}
	return false
}

// table sets cells into columns of a height, with gaps before and in them. All lines
// are as wide as the table.
func table(cells [][2]string, height int, gap string) []string {
	lines := make([]string, height)
	for from := 0; from < len(cells); from += height {
		column := cells[from:min(len(cells), from+height)]
		key, does := 0, 0
		for _, c := range column {
			key, does = max(key, term.Width(c[0])), max(does, term.Width(c[1]))
		}
		for i := range lines {
			var c [2]string
			if i < len(column) {
				c = column[i]
			}
			lines[i] += gap + term.Fit(c[0], key) + gap + term.Fit(c[1], does)
		}
	}
	return lines
}

// KeyName writes a key as people know it: "Ctrl-C", "Shift-Enter", "↑".
func KeyName(key string) string {
	parts := strings.Split(key, "+")
	for i, p := range parts {
		last := i == len(parts)-1
		switch {
		case keyNames[p] != "":
			parts[i] = keyNames[p]
		case last && len(p) == 1 && p != strings.ToLower(p):
			parts[i] = "Shift-" + p
		case len(p) > 1 || last && i > 0:
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

var keyNames = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PageUp", "pagedown": "PageDown",
}
