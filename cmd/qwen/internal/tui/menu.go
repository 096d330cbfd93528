package tui

import (
	"context"
	"fmt"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// menuRows is how many completions are shown at a time.
const menuRows = 8

// A menu shows how what is typed can go on. While the person types, it stays as it is
// until the completions of what they have typed are there.
type menu struct {
	offered front.Completion // no items: it is closed
	at      int              // the chosen item, -1 for none
	refused string           // what stood before the cursor when the person closed it
	request *request         // for completions that are being looked for; nil: none are
}

// A request is for completions of a text.
type request struct {
	text   string
	cancel context.CancelFunc
}

// changed says that the input has changed: completions are looked for anew.
func (m *model) changed() {
	before := m.edit.Before()
	if m.opts.Completer == nil || !completable(before) || before == m.menu.refused {
		m.menu.close()
		return
	}
	m.menu.forget()
	ctx, cancel := context.WithCancel(context.Background())
	r := &request{before, cancel}
	m.menu.request = r
	completer := m.opts.Completer
	m.errand(func(Console) func(*model) {
		defer cancel()
		c := completer.Complete(ctx, before)
		return func(m *model) { m.offer(r, c) }
	})
}

// maxCompletable is how long a text may be that is completed: a paste is not.
const maxCompletable = 4 << 10

// completable reports whether there may be something to offer behind a text: it is
// a command, or its last word begins with an @.
func completable(before string) bool {
	if len(before) > maxCompletable {
		return false
	}
	if strings.HasPrefix(before, "/") && !strings.Contains(before, "\n") {
		return true
	}
	i := strings.LastIndexAny(before, " \n\t")
	return strings.Contains(before[i+1:], "@") || strings.Contains(before, `@"`)
}

// offer shows completions, if they are still those of what is typed.
func (m *model) offer(r *request, c front.Completion) {
	if m.menu.request != r {
		return
	}
	m.menu.request = nil
	if r.text != m.edit.Before() || done(r.text, c) {
		m.menu.close()
		return
	}
	m.menu.offered, m.menu.at = c, 0
	if c.Free {
		m.menu.at = -1
	}
}

// done reports whether completions have nothing to add to a text.
func done(text string, c front.Completion) bool {
	return len(c.Items) == 1 && !c.Items[0].Submit && c.Items[0].Text == text[c.From:]
}

// forget gives up the search for completions.
func (c *menu) forget() {
	if c.request != nil {
		c.request.cancel()
		c.request = nil
	}
}

func (c *menu) close() {
	c.forget()
	c.offered = front.Completion{}
}

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
		return c.take(m, false)
	case "enter":
		return c.at >= 0 && c.take(m, true)
	case "esc":
		c.refused = m.edit.Before()
		c.close()
	default:
		return false
	}
	return true
}

// take completes by the chosen item, and sends the line with it if that is meant. It
// returns false if it cannot: the items are not those of what is typed, or there is
// nothing to add to it.
func (c *menu) take(m *model, send bool) bool {
	item, before := c.offered.Items[max(c.at, 0)], m.edit.Before()
	if c.request != nil || send && !item.Submit && strings.TrimSpace(item.Text) == before[c.offered.From:] {
		return false
	}
	m.edit.Replace(c.offered.From, item.Text)
	c.close()
	if send && item.Submit {
		return m.enter()
	}
	m.changed()
	return true
}

// view returns the lines of the menu: one item each, and how to go on.
func (c *menu) view(m *model, rows int) []string {
	if !c.isOpen() || rows < 1 {
		return nil
	}
	items := c.offered.Items
	n := min(rows, menuRows, len(items))
	top := max(0, min(max(c.at, 0)-n/2, len(items)-n))
	width := 0
	for _, item := range items[top : top+n] {
		width = max(width, term.Width(label(item)))
	}
	width = min(width, max(10, m.width/2))
	var lines []string
	for i, item := range items[top : top+n] {
		lines = append(lines, m.item(item, width, top+i == c.at))
	}
	if rows > n {
		place := fmt.Sprintf("%d/%d", max(c.at, 0)+1, len(items))
		lines = append(lines, m.styles.dim("  "+joined(m.width-3, place, "↑↓ move", "Tab complete", "Esc close")))
	}
	return lines
}

// item draws an item of the menu.
func (m *model) item(item front.Item, width int, chosen bool) string {
	text := "  " + term.Fit(label(item), width)
	if chosen {
		text = m.styles.accent("› " + term.Fit(label(item), width))
	}
	if note := term.CleanLine(item.Note); note != "" {
		return text + "  " + m.styles.dim(note)
	}
	return strings.TrimRight(text, " ")
}

func label(item front.Item) string {
	if item.Label != "" {
		return term.CleanLine(item.Label)
	}
	return term.CleanLine(item.Text)
}
