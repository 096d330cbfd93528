package term

import (
	"errors"
	"strings"

	"rsc.io/qr"
)

// Dimensions of a drawn code, in modules (the squares it is made of). The quiet
// zone is half of what ISO/IEC 18004 asks for: phones do not need more, and a
// terminal of 80×24 has no room for it.
const (
	quietZone  = 2
	maxModules = 57 // version 10: for longer texts the code outgrows the screen
)

// The room that a code needs beside and below itself: its indentation, and the
// title, link, code and status line of a sign-in. A link of 66 characters thus
// takes 41×24.
const (
	qrColumns = 4
	qrRows    = 5
)

// ErrTooLong says that a text is too long for a QR code on a terminal.
var ErrTooLong = errors.New("the text is too long for a QR code")

// A QRCode is a text drawn for the camera of a phone. It consists of half
// blocks, two modules to a character.
type QRCode struct {
	Lines  []string // with colours, without line ends; all Width columns wide
	Width  int      // columns
	Height int      // rows
}

// QR draws text as a QR code of error correction level L. It returns
// [ErrTooLong] if the code would be unusably large, and another error if the
// text holds what must not be shown on a terminal.
//
// The code is black on white whatever the theme and NO_COLOR say: most phones do
// not read a code with its colours swapped.
func QR(text string) (QRCode, error) {
	if text == "" || CleanLine(text) != text {
		return QRCode{}, errors.New("the text cannot be shown as a QR code")
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil || code.Size > maxModules {
		return QRCode{}, ErrTooLong
	}
	var lines []string
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		lines = append(lines, qrLine(code, y))
	}
	return QRCode{Lines: lines, Width: code.Size + 2*quietZone, Height: len(lines)}, nil
}

// Fits reports whether a terminal of this size has room for the code and for the
// few lines that explain it.
func (c QRCode) Fits(columns, rows int) bool {
	return columns >= c.Width+qrColumns && rows >= c.Height+qrRows
}

// Black and white out of the colour cube, which themes leave alone, unlike the
// first sixteen colours.
const blackOnWhite, noColor = "\x1b[38;5;16;48;5;231m", "\x1b[0m"

// qrLine draws the modules of rows y and y+1. Outside of the code all is white.
func qrLine(code *qr.Code, y int) string {
	var b strings.Builder
	b.WriteString(blackOnWhite)
	for x := -quietZone; x < code.Size+quietZone; x++ {
		switch upper, lower := code.Black(x, y), code.Black(x, y+1); {
		case upper && lower:
			b.WriteRune('█')
		case upper:
			b.WriteRune('▀')
		case lower:
			b.WriteRune('▄')
		default:
			b.WriteByte(' ')
		}
	}
	b.WriteString(noColor)
	return b.String()
}
