package term

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var keyCases = []struct {
	in   string
	want []key
}{
	{"aé世🙂", []key{'a', 'é', '世', '🙂'}},
	{"\r\n", []key{keyEnter, keyEnter}},
	{"\x03\x04\x7f\b\x15\x0e\x10\t", []key{keyCtrlC, keyCtrlC, keyBackspace, keyBackspace, keyClear, keyDown, keyUp, keyNone}},
	{"\x1b[A\x1b[B\x1bOA\x1bOB", []key{keyUp, keyDown, keyUp, keyDown}},
	{"\x1b[1;5A", []key{keyUp}},
	{"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", []key{keyHome, keyEnd, keyHome, keyEnd, keyHome, keyEnd}},
	{"\x1b[5~\x1b[6;2~\x1b[3~", []key{keyPageUp, keyPageDown, keyNone}},
	{"\x1b", []key{keyEsc}},
	{"\x1b\x1b[A", []key{keyEsc, keyUp}},
	{"\x1bx", []key{keyNone}},
	{"\x1b[", []key{keyNone}},
	{"\u202ea\xff", []key{keyNone, 'a', keyNone}},
	{"\xe4\xb8", []key{keyNone, keyNone}},
}

// decodeAll returns the keys of p, where no more bytes are to come.
func decodeAll(t *testing.T, p []byte) []key {
	var keys []key
	for len(p) > 0 {
		e, size := decodeKey(p, true)
		if size <= 0 || size > len(p) {
			t.Fatalf("decodeKey(%q) takes %d bytes", p, size)
		}
		keys, p = append(keys, keyOf(e)), p[size:]
	}
	return keys
}

func TestDecodeKey(t *testing.T) {
	for _, c := range keyCases {
		if got := decodeAll(t, []byte(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
		}
	}
}

func FuzzDecodeKey(f *testing.F) {
	for _, c := range keyCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, k := range decodeAll(t, p) {
			if k >= 0 && Clean(string(rune(k))) != string(rune(k)) {
				t.Errorf("%q holds the key %U", p, k)
			}
		}
		// What needs more bytes never needs more than the longest sequence has.
		if _, size := decodeKey(p, false); size == 0 && len(p) >= maxString {
			t.Errorf("%q is never enough", p)
		}
	})
}

// typeInto sends keys from an input and returns where to type.
func typeInto(t *testing.T) (typed *io.PipeWriter, keys chan key) {
	r, typed := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	in, keys, done := newInput(r, nil), make(chan key), make(chan struct{})
	go func() {
		defer close(done)
		_ = in.sendKeys(ctx, keys)
	}()
	t.Cleanup(func() {
		cancel()
		_ = typed.Close()
		<-done
		_ = in.close()
	})
	return typed, keys
}

func TestSequencesArriveInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typed, keys := typeInto(t)
		go func() {
			for _, b := range []byte("世\x1b[1;2Bx") {
				time.Sleep(escDelay / 2)
				_, _ = typed.Write([]byte{b})
			}
		}()
		for _, want := range []key{'世', keyDown, 'x'} {
			if got := <-keys; got != want {
				t.Errorf("key %v, want %v", got, want)
			}
		}
	})
}

func TestEscAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typed, keys := typeInto(t)
		start := time.Now()
		_, _ = typed.Write([]byte("\x1b"))
		if got, took := <-keys, time.Since(start); got != keyEsc || took != escDelay {
			t.Errorf("key %v after %v, want Esc after %v", got, took, escDelay)
		}
		_, _ = typed.Write([]byte("[A"))
		if got := <-keys; got != '[' {
			t.Errorf("key %v, want [", got)
		}
		if got := <-keys; got != 'A' {
			t.Errorf("key %v, want A", got)
		}
	})
}
