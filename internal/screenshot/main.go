// Command screenshot takes the pictures of the documentation: it runs the real
// program in a terminal against a model service on loopback and draws what is on the
// screen as SVG.
//
//	go run ./internal/screenshot -o docs/img bin/qwen
//
// It needs tmux. With names of scenes behind the program it takes only those.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

func main() {
	dir := flag.String("o", ".", "write the pictures into this `DIRECTORY`")
	flag.Parse()
	if err := run(*dir, flag.Arg(0), flag.Args()[min(1, flag.NArg()):]); err != nil {
		fmt.Fprintln(os.Stderr, "screenshot:", err)
		os.Exit(1)
	}
}

// run takes the pictures of the scenes of these names, of all if there are none.
func run(dir, program string, names []string) error {
	if program == "" {
		return errors.New("usage: screenshot [-o DIRECTORY] PROGRAM [SCENE...]")
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, s := range scenes() {
		if len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		picture, err := take(s, program)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		file := filepath.Join(dir, s.name+".svg")
		if err := os.WriteFile(file, []byte(picture), 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d bytes\n", file, len(picture))
	}
	return nil
}

// take plays a scene and returns its picture.
func take(s scene, program string) (picture string, err error) {
	r := new(runner)
	done := make(chan struct{})
	go func() { // which Fatalf ends
		defer close(done)
		defer r.clean()
		picture = svg(s.play(r, program), "qwen")
	}()
	<-done
	return picture, r.err
}

// A runner is what a terminal expects of a test.
type runner struct {
	err      error
	cleanups []func()
}

func (r *runner) Helper()          {}
func (r *runner) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *runner) Fatalf(format string, args ...any) {
	r.err = fmt.Errorf(format, args...)
	runtime.Goexit()
}

func (r *runner) Skipf(format string, args ...any) { r.Fatalf(format, args...) }

func (r *runner) clean() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
}
