package tui

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// A codeDialog waits while the person approves a sign-in in a browser.
type codeDialog struct {
	page    string
	code    string
	expires time.Time
	giveUp  func()
	qr      *term.QRCode // nil: there is none
	hidden  bool         // the person does not want to see it
	note    string
}

func newCode(code sdk.DeviceCode, cancel func()) *codeDialog {
	d := &codeDialog{
		page: term.CleanLine(cmp.Or(code.CompleteURL, code.URL)), code: term.CleanLine(code.Code),
		expires: code.Expires, giveUp: cancel,
	}
	if qr, err := term.QR(d.page); err == nil {
		d.qr = &qr
	}
	return d
}

// showCode puts address and code into the transcript, where they can be selected and
// a long address is not cut, and shows the rest below.
func (m *model) showCode(d *codeDialog) {
	m.apart(d.above(m)...)
	m.finish("")
	m.open(d)
	if ok, _ := m.browser().CanOpen(); ok && m.dialog == d {
		d.openPage(m)
	}
}

// above is what stands in the transcript.
func (d *codeDialog) above(m *model) []string {
	lines := []string{"Open this page on any device:", d.page}
	if d.code != "" {
		lines = append(lines, m.wrap("Check or enter the code "+m.styles.bold(d.code)+" there, if you started this sign-in yourself.")...)
	}
	return lines
}

func (m *model) browser() term.Browser { return term.Browser{Environ: m.opts.Environ} }

// openPage opens the page beside the loop: an opener can take its time.
func (d *codeDialog) openPage(m *model) {
	browser := m.browser()
	m.errand(func(Console) func(*model) {
		ok, why := browser.Open(context.Background(), d.page)
		return func(*model) {
			if !ok {
				d.note = "the browser was not opened: " + why
			}
		}
	})
}

// copyPage copies the address.
func (d *codeDialog) copyPage(m *model) {
	o := m.opts
	m.errand(func(Console) func(*model) {
		note, err := o.copy(context.Background(), d.page)
		if err != nil {
			note = "the link was not copied: " + err.Error()
		}
		return func(*model) { d.note = note }
	})
}

func (d *codeDialog) key(m *model, k term.Key) bool {
	switch k.String() {
	case "o":
		d.openPage(m)
	case "c":
		d.copyPage(m)
	case "q":
		d.hidden = !d.hidden
	}
	return false
}

func (d *codeDialog) paste(*model, string) {}
func (d *codeDialog) cancel()              { d.giveUp() }
func (d *codeDialog) counts() time.Time    { return d.expires }

func (d *codeDialog) view(m *model, now time.Time) ([]string, cursor) {
	var lines []string
	fits := d.fits(m)
	if fits && !d.hidden {
		lines = append(lines, d.qr.Lines...)
	}
	if d.note != "" {
		lines = append(lines, m.each(m.styles.dim, m.wrap(term.CleanLine(d.note)))...)
	}
	lines = append(lines, m.each(m.styles.dim, m.wrap(d.status(fits, now)))...)
	return lines, cursor{row: len(lines) - 1, hidden: true}
}

// fits reports whether there is room for the QR code below the address.
func (d *codeDialog) fits(m *model) bool {
	if d.qr == nil || m.width <= d.qr.Width {
		return false
	}
	rows := 2 // an empty line, and what is said below the code
	for _, l := range d.above(m) {
		rows += 1 + max(0, term.Width(l)-1)/m.width
	}
	return rows+d.qr.Height <= m.height
}

func (d *codeDialog) status(qr bool, now time.Time) string {
	keys := " · o open · c copy link"
	switch {
	case qr && d.hidden:
		keys += " · q show QR"
	case qr:
		keys += " · q hide QR"
	}
	return "Waiting" + d.left(now) + keys + " · Esc cancel"
}

// left says how long the code is good for.
func (d *codeDialog) left(now time.Time) string {
	if d.expires.IsZero() {
		return " for approval"
	}
	seconds := int((d.expires.Sub(now) + time.Second - 1) / time.Second)
	if seconds <= 0 {
		return " · expired"
	}
	return fmt.Sprintf(" · expires in %d:%02d", seconds/60, seconds%60)
}
