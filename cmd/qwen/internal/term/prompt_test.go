package term

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// ask returns a prompter for the given input, and what it shows.
func ask(input string) (*Prompter, *bytes.Buffer) {
	var shown bytes.Buffer
	return NewPrompter(strings.NewReader(input), &shown), &shown
}

func TestAsk(t *testing.T) {
	for _, c := range []struct {
		name, input string
		question    Question
		want, shown string
		err         error
	}{
		{name: "answer", input: "  value \r\n", question: Question{Label: "Key"}, want: "value", shown: "Key: "},
		{name: "help", input: "v\n", question: Question{Label: "Key", Help: "see there"}, want: "v", shown: "see there\nKey: "},
		{name: "default", input: "\n", question: Question{Label: "URL", Default: "http://x"}, want: "http://x", shown: "URL [http://x]: "},
		{name: "secret default is not shown", input: "\n", question: Question{Label: "Key", Default: "sk-1", Secret: true}, want: "sk-1", shown: "Key: "},
		{name: "asks again", input: "\n \nv\n", question: Question{Label: "Key"}, want: "v", shown: "Key: Key: Key: "},
		{name: "optional", input: "\n", question: Question{Label: "Org", Optional: true}, want: "", shown: "Org: "},
		{name: "last line without newline", input: "v", question: Question{Label: "Key"}, want: "v", shown: "Key: "},
		{name: "end of input", input: "", question: Question{Label: "Key"}, err: ErrNoAnswer, shown: "Key: \n"},
		{name: "label is cleaned", input: "v\n", question: Question{Label: "\x1b[2JKey\n\u202e"}, want: "v", shown: "Key: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, shown := ask(c.input)
			defer p.Close()
			got, err := p.Ask(t.Context(), c.question)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("Ask = %q, %v, want %q, %v", got, err, c.want, c.err)
			}
			if shown.String() != c.shown {
				t.Errorf("shown %q, want %q", shown, c.shown)
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		input     string
		byDefault bool
		want      bool
		shown     string
	}{
		{"y\n", false, true, "Sure? [y/N] "},
		{"YES\n", false, true, "Sure? [y/N] "},
		{"n\n", true, false, "Sure? [Y/n] "},
		{"\n", true, true, "Sure? [Y/n] "},
		{"\n", false, false, "Sure? [y/N] "},
		{"what\nno\n", true, false, "Sure? [Y/n] Please answer y or n.\nSure? [Y/n] "},
	} {
		p, shown := ask(c.input)
		got, err := p.Confirm(t.Context(), "Sure?", c.byDefault)
		if got != c.want || err != nil || shown.String() != c.shown {
			t.Errorf("Confirm(%q) = %v, %v, shown %q; want %v, shown %q", c.input, got, err, shown, c.want, c.shown)
		}
		_ = p.Close()
	}
}

func TestChoose(t *testing.T) {
	options := []Option{{Label: "Beijing"}, {Label: "Singapore", Note: "international"}}
	const list = "Region\n  1  Beijing\n  2  Singapore  (international)\n"
	const again = "Please type a number from 1 to 2.\n"
	for _, c := range []struct {
		input     string
		byDefault int
		want      int
		shown     string
	}{
		{"2\n", 0, 1, list + "Number [1]: "},
		{"\n", 1, 1, list + "Number [2]: "},
		{"0\n3\nx\n1\n", -1, 0, list + strings.Repeat("Number: "+again, 3) + "Number: "},
		{"\n2\n", -1, 1, list + "Number: Number: "},
	} {
		p, shown := ask(c.input)
		got, err := p.Choose(t.Context(), "Region", options, c.byDefault)
		if got != c.want || err != nil || shown.String() != c.shown {
			t.Errorf("Choose(%q) = %d, %v, shown %q\nwant %d, shown %q", c.input, got, err, shown, c.want, c.shown)
		}
		_ = p.Close()
	}
	p, _ := ask("")
	if _, err := p.Choose(t.Context(), "Region", nil, 0); err == nil {
		t.Error("chose from nothing")
	}
	if _, err := p.Choose(t.Context(), "Region", options, -1); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("Choose without input = %v, want %v", err, ErrNoAnswer)
	}
}

func TestTell(t *testing.T) {
	p, shown := ask("")
	if err := p.Tell("a\x1b]0;x\x07b\nc"); err != nil || shown.String() != "ab c\n" {
		t.Errorf("Tell = %v, shown %q", err, shown)
	}
}

func TestAskCancelled(t *testing.T) {
	in, typed := io.Pipe()
	p := NewPrompter(in, io.Discard)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := p.Ask(ctx, Question{Label: "Key"})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Ask = %v, want %v", err, context.Canceled)
	}

	// What is typed afterwards answers the next question.
	go func() { _, _ = io.WriteString(typed, "late\n") }()
	if got, err := p.Ask(t.Context(), Question{Label: "Key"}); got != "late" || err != nil {
		t.Errorf("Ask = %q, %v, want %q", got, err, "late")
	}
	_ = p.Close()
	_ = typed.Close()
}
