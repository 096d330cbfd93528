package tui

import (
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// menuRows is how many completions are shown at a time.
const menuRows = 8

// A menu shows how what is typed can go on.
type menu struct {
	offered front.Completion // no items: it is closed
	at      int              // the chosen item, -1 for none
	refused string           // what stood before the cursor when the person closed it
	pending func()           // ends the search that goes on; nil: none does
}

func (c *menu) open(offered front.Completion) {
	c.offered, c.at = offered, 0
	if offered.Free {
		c.at = -1
	}
}

func (c *menu) close() { c.offered = front.Completion{} }

func (c *menu) isOpen() bool { return len(c.offered.Items) > 0 }

// key does what a key means to the menu, and reports whether it means something.
func (c *menu) key(m *model, name string) bool {
	if !c.isOpen() {
		return false
	}
	n := len(c.offered.Items)
	switch name {
	case "up", "ctrl+p":
		c.at = (max(c.at, 0) + n - 1) % n
	case "down", "ctrl+n":
		c.at = (c.at + 1) % n
	case "tab":
		c.take(m, false)
	case "enter":
		if c.at < 0 || c.isTyped(m) {
			return false
		}
		c.take(m, true)
	case "esc":
		c.refused = m.edit.Before()
		c.close()
	default:
		return false
	}
	return true
}

// isTyped reports whether the chosen item is a path that is typed already: Enter
// sends it then.
func (c *menu) isTyped(m *model) bool {
	text := c.offered.Items[c.at].Text
	return strings.HasPrefix(text, "@") && strings.TrimSpace(text) == m.edit.Before()[c.offered.From:]
}

// take completes by the chosen item, and sends the line with it if that is meant.
func (c *menu) take(m *model, send bool) {
	item := c.offered.Items[max(c.at, 0)]
	m.edit.Replace(c.offered.From, item.Text)
	c.close()
	if send && item.Submit {
		m.enter()
		return
	}
	m.changed()
}

// view returns the lines of the menu.
func (c *menu) view(m *model, rows int) []string {
	rows = min(rows, menuRows)
	if !c.isOpen() || rows < 1 {
		return nil
	}
	items := c.offered.Items
	top := max(0, min(max(c.at, 0)-rows/2, len(items)-rows))
	shown := items[top:min(len(items), top+rows)]
	width := 0
	for _, item := range shown {
		width = max(width, term.Width(label(item)))
	}
	width = min(width, max(10, m.width/2))
	var lines []string
	for i, item := range shown {
		text := "  " + term.Fit(label(item), width)
		note := term.CleanLine(item.Note)
		if top+i == c.at {
			text = m.styles.accent("› " + term.Fit(label(item), width))
			if !m.styles.on {
				text = "› " + term.Fit(label(item), width)
			}
		}
		if note != "" {
			text += "  " + m.styles.dim(note)
		}
		lines = append(lines, text)
	}
	return lines
}

func label(item front.Item) string {
	if item.Label != "" {
		return term.CleanLine(item.Label)
	}
	return term.CleanLine(item.Text)
}
