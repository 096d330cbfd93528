package term

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Streams are the standard streams of the process.
type Streams struct {
	In  Input
	Out Output
	Err Output
}

// Input is a stream to read from.
type Input struct {
	io.Reader
	Terminal bool // somebody can type here
}

// Output is a stream to write to. The zero columns function means that the width
// is not known.
type Output struct {
	io.Writer
	Terminal bool // somebody looks at it

	columns func() int
}

// Open returns the streams behind three files, most often those of the process.
func Open(in, out, err *os.File) Streams {
	return Streams{
		In:  Input{Reader: in, Terminal: isTerminal(in)},
		Out: output(out),
		Err: output(err),
	}
}

func output(f *os.File) Output {
	return Output{Writer: f, Terminal: isTerminal(f), columns: func() int { return columns(f) }}
}

// Width returns the number of columns, as it is now: people resize windows. It
// is 0 where there is no terminal or none that tells.
func (o Output) Width() int {
	if !o.Terminal || o.columns == nil {
		return 0
	}
	return o.columns()
}

func isTerminal(f *os.File) bool {
	is := false
	_ = control(f, func(fd int) { is = term.IsTerminal(fd) })
	return is
}

func columns(f *os.File) int {
	width, _ := size(f)
	return width
}

// size returns the columns and rows of a terminal, or zeros.
func size(f *os.File) (columns, rows int) {
	_ = control(f, func(fd int) { columns, rows, _ = term.GetSize(fd) })
	return columns, rows
}

// control calls f with the file's descriptor. Unlike [os.File.Fd] it leaves the
// file's blocking mode alone.
func control(file *os.File, f func(fd int)) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	return conn.Control(func(fd uintptr) { f(int(fd)) })
}

// Color decides whether output may be coloured. It holds what was said about it
// outside: by flag and by environment.
type Color struct {
	Off bool // --no-color

	// Getenv looks up an environment variable; nil for an empty environment.
	Getenv func(name string) string
}

// For reports whether o may be coloured. What forbids wins over what demands:
// the flag, then NO_COLOR (https://no-color.org), then CLICOLOR_FORCE and
// CLICOLOR (https://bixense.com/clicolors), then a terminal that is not dumb.
func (c Color) For(o Output) bool {
	env := c.Getenv
	if env == nil {
		env = func(string) string { return "" }
	}
	switch {
	case c.Off, env("NO_COLOR") != "":
		return false
	case forced(env("CLICOLOR_FORCE")):
		return true
	case env("CLICOLOR") == "0":
		return false
	}
	return o.Terminal && env("TERM") != "dumb"
}

func forced(value string) bool { return value != "" && value != "0" }
