package term

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rsc.io/qr"
)

const signInURL = "https://chat.example.com/authorize?user_code=ABCD1234&client=qwen-c"

// qrTexts are what codes are drawn for: short, with a code, and with a challenge.
var qrTexts = []string{
	"https://github.com/login/device",
	signInURL,
	signInURL + "&code_challenge=" + strings.Repeat("aB3_", 35),
}

// modules reads the modules off drawn lines: true is black.
func modules(t *testing.T, code QRCode) [][]bool {
	t.Helper()
	var grid [][]bool
	for _, line := range code.Lines {
		text, ok := strings.CutPrefix(line, blackOnWhite)
		text, ok2 := strings.CutSuffix(text, noColor)
		if !ok || !ok2 {
			t.Fatalf("line without both colours: %q", line)
		}
		var upper, lower []bool
		for _, r := range text {
			upper = append(upper, r == '█' || r == '▀')
			lower = append(lower, r == '█' || r == '▄')
		}
		if len(upper) != code.Width {
			t.Errorf("line of %d columns, want %d", len(upper), code.Width)
		}
		grid = append(grid, upper, lower)
	}
	return grid
}

func TestQR(t *testing.T) {
	for _, text := range qrTexts {
		code, err := QR(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := qr.Encode(text, qr.L)
		if err != nil {
			t.Fatal(err)
		}
		grid := modules(t, code)
		if code.Height != len(code.Lines) || code.Width != want.Size+4 || len(grid) < want.Size+4 {
			t.Errorf("%d×%d with %d lines for %d modules", code.Width, code.Height, len(code.Lines), want.Size)
		}
		for y, row := range grid {
			for x, black := range row {
				if black != want.Black(x-2, y-2) {
					t.Fatalf("module %d,%d is black: %v, want %v", x-2, y-2, black, !black)
				}
			}
		}
	}
}

// A scanner that nobody here wrote must read what is drawn.
func TestQRIsScanned(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed (Debian: zbar-tools)")
	}
	for _, text := range qrTexts {
		code, err := QR(text)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "code.pgm")
		if err := os.WriteFile(file, pgm(modules(t, code)), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := exec.Command(zbarimg, "--quiet", "--raw", "--nodbus", file).Output()
		if err != nil || strings.TrimSpace(string(got)) != text {
			t.Errorf("scanned %q, %v, want %q", got, err, text)
		}
	}
}

// pgm draws modules on a black background, that of a dark terminal.
func pgm(grid [][]bool) []byte {
	const scale, margin = 8, 24
	width, height := len(grid[0])*scale+2*margin, len(grid)*scale+2*margin
	pixels := make([]byte, width*height)
	for y, row := range grid {
		for x, black := range row {
			if black {
				continue
			}
			for dy := range scale {
				start := (margin+y*scale+dy)*width + margin + x*scale
				copy(pixels[start:], bytes.Repeat([]byte{255}, scale))
			}
		}
	}
	return append(fmt.Appendf(nil, "P5 %d %d 255\n", width, height), pixels...)
}

func TestQRFits(t *testing.T) {
	code, err := QR(signInURL)
	if err != nil {
		t.Fatal(err)
	}
	if code.Width != 37 || code.Height != 19 {
		t.Fatalf("%d×%d, want 37×19", code.Width, code.Height)
	}
	for _, c := range []struct {
		columns, rows int
		want          bool
	}{{80, 24, true}, {41, 24, true}, {40, 24, false}, {80, 23, false}, {0, 0, false}} {
		if got := code.Fits(c.columns, c.rows); got != c.want {
			t.Errorf("Fits(%d, %d) = %v", c.columns, c.rows, got)
		}
	}
}

func TestQRRefuses(t *testing.T) {
	if _, err := QR(strings.Repeat("x", 400)); !errors.Is(err, ErrTooLong) {
		t.Errorf("long text: %v, want %v", err, ErrTooLong)
	}
	if _, err := QR(strings.Repeat("x", 10_000)); !errors.Is(err, ErrTooLong) {
		t.Errorf("endless text: %v, want %v", err, ErrTooLong)
	}
	for _, text := range []string{"", "a\x1b[2Jb", "a\nb", "https://a\u202eb"} {
		if _, err := QR(text); err == nil {
			t.Errorf("QR(%q) drawn", text)
		}
	}
}
