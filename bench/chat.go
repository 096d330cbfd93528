//go:build unix

package main

import (
	"context"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// ready measures how long it takes until a key is echoed.
func (b *bench) ready(ctx context.Context, p *program) (map[Metric][]float64, error) {
	s, err := b.runner.open(ctx, p)
	if err != nil {
		return nil, err
	}
	at, ready := s.prompt(ctx)
	f, err := s.end()
	if ready != nil {
		return nil, ready
	}
	return map[Metric][]float64{Ready: {seconds(at.UnixNano() - f.start)}}, err
}

// longChat asks for a long answer and measures what showing it costs.
func (b *bench) longChat(ctx context.Context, p *program) (map[Metric][]float64, error) {
	s, err := b.runner.open(ctx, p, "-tree")
	if err != nil {
		return nil, err
	}
	answered := b.ask(ctx, s)
	f, err := s.end()
	if answered != nil {
		return nil, answered
	}
	return f.samples(nil), err
}

// ask types a prompt and waits for the end of the answer.
func (b *bench) ask(ctx context.Context, s *session) error {
	if _, err := s.prompt(ctx); err != nil {
		return err
	}
	if err := s.keys("\x7f" + "Tell me\r"); err != nil { // without the key of the test
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := s.wait(ctx, func(written string) bool { return strings.Contains(written, answerEnd) }); err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond) // what is painted after the end counts
	return nil
}

// answerEnd is the last word of the long answer.
const answerEnd = "THE-END"

// longAnswer is 500 KB of Markdown, as models write it.
func longAnswer() *fakecloud.Answer {
	const section = `## Reading a file line by line

The usual way is a **scanner**, which hands over one line after the other; it stops at the
end of the file or at an error, which has to be *asked for*:

` + "```go" + `
lines := bufio.NewScanner(file)
for lines.Scan() {
	fmt.Println(len(lines.Text()), "bytes")
}
if err := lines.Err(); err != nil {
	return fmt.Errorf("reading %s: %w", file.Name(), err)
}
` + "```" + `

- Lines longer than 64 KB need ` + "`lines.Buffer`" + `.
- A line's end is not part of it, see [the documentation](https://pkg.go.dev/bufio).

| method | returns |
|---|---|
| Text | a string |
| Bytes | a slice, valid until the next call |

`
	const size, chunks = 500_000, 20_000
	text := strings.Repeat(section, size/len(section))
	return &fakecloud.Answer{Text: text + answerEnd + "\n", Chunks: chunks, Delay: time.Millisecond}
}
