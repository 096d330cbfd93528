package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRunUntilStdinEnds(t *testing.T) {
	in, lifeline := io.Pipe()
	out, stdout := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(t.Context(), []string{"--stdin-lifeline", "--key", "k", "--access-token", "a"}, in, stdout, io.Discard)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base, ok := strings.CutPrefix(strings.TrimSpace(line), "fakecloud listening on ")
	if !ok {
		t.Fatalf("first line %q", line)
	}
	for path, want := range map[string]int{"/v1/models": 401, "/qwen/v1/models": 200} {
		req, _ := http.NewRequest(http.MethodGet, base+path, nil)
		req.Header.Set("Authorization", "Bearer a")
		resp, err := http.DefaultClient.Do(req)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s: %v, %v", path, resp, err)
		}
		resp.Body.Close()
	}
	lifeline.Close()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}

func TestRunBadFlags(t *testing.T) {
	var stderr bytes.Buffer
	if got := run(context.Background(), []string{"--nonsense"}, strings.NewReader(""), io.Discard, &stderr); got != 2 {
		t.Errorf("exit code %d", got)
	}
	if got := run(context.Background(), []string{"--addr", "nowhere:x"}, strings.NewReader(""), io.Discard, &stderr); got != 1 {
		t.Errorf("exit code %d", got)
	}
}
