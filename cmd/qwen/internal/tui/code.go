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
	front   *Front
	page    string
	code    string
	expires time.Time
	giveUp  func()
	qr      *term.QRCode // nil: there is none, or it is hidden
	note    string
}

func (f *Front) newCode(code sdk.DeviceCode, cancel func()) *codeDialog {
	d := &codeDialog{
		front: f, page: term.CleanLine(cmp.Or(code.CompleteURL, code.URL)), code: term.CleanLine(code.Code),
		expires: code.Expires, giveUp: cancel,
	}
	if qr, err := term.QR(d.page); err == nil {
		d.qr = &qr
	}
	return d
}

// showCode puts address and code into the transcript, where they can be selected,
// and shows the rest below. All of it fits on a terminal of 80 by 24.
func (m *model) showCode(d *codeDialog) {
	m.apart("Open this page on any device and sign in:", "  "+d.page,
		"Check or enter the code there:  "+m.styles.bold(d.code), m.styles.dim("Enter it only if you started this sign-in yourself."))
	m.open(d)
	if ok, _ := d.browser().CanOpen(); ok {
		d.openPage(m)
	}
}

func (d *codeDialog) browser() term.Browser { return term.Browser{Environ: d.front.opts.Environ} }

// openPage opens the page beside the loop: an opener can take its time.
func (d *codeDialog) openPage(m *model) {
	m.effect(func(Console) {
		go func() {
			if ok, why := d.browser().Open(context.Background(), d.page); !ok {
				d.front.do(func(*model) { d.note = "the browser was not opened: " + why })
			}
		}()
	})
}

func (d *codeDialog) key(m *model, k term.Key) bool {
	switch k.String() {
	case "o":
		if ok, why := d.browser().CanOpen(); !ok {
			d.note = "the browser was not opened: " + why
			break
		}
		d.openPage(m)
	case "c":
		d.note = "the terminal was asked to copy the link"
		m.effect(func(c Console) { _ = c.Copy(d.page) })
	case "q":
		d.qr = nil
	}
	return false
}

func (d *codeDialog) paste(string) {}
func (d *codeDialog) cancel()      { d.giveUp() }
func (d *codeDialog) ticks() bool  { return true }

func (d *codeDialog) view(m *model, now time.Time) ([]string, cursor) {
	var lines []string
	keys := ""
	if d.qr != nil && d.qr.Fits(m.width, m.height) && m.height > d.qr.Height+2 {
		lines = append(lines, d.qr.Lines...)
		keys = " · q hide QR"
	}
	if d.note != "" {
		lines = append(lines, m.styles.dim(term.CleanLine(d.note)))
	}
	status := "Waiting" + d.left(now) + " · "
	lines = append(lines, m.wrap(status+"o open · c copy link"+keys+" · Esc cancel")...)
	return lines, cursor{row: len(lines) - 1, hidden: true}
}

// left says how long the code is good for.
func (d *codeDialog) left(now time.Time) string {
	if d.expires.IsZero() {
		return ""
	}
	seconds := int((d.expires.Sub(now) + time.Second - 1) / time.Second)
	if seconds <= 0 {
		return " · expired"
	}
	return fmt.Sprintf(" · expires in %d:%02d", seconds/60, seconds%60)
}
