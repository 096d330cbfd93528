//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// A cloud is the loopback service in a process of its own.
type cloud struct {
	url  string
	stop func()
}

// startCloud starts the service. It ends with this process, whatever ends that.
func startCloud(path string) (*cloud, error) {
	cmd := exec.Command(path, "--stdin-lifeline")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &cloud{stop: func() { _ = stdin.Close(); _ = cmd.Wait() }}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "fakecloud listening on ")
	if err != nil || !ok {
		c.stop()
		return nil, fmt.Errorf("the loopback service said %q, %v", line, err)
	}
	c.url = url
	return c, nil
}

// openAI is the base URL of the service.
func (c *cloud) openAI() string { return c.url + "/v1" }

// forget makes the service forget what has arrived, and its script.
func (c *cloud) forget(ctx context.Context) error { return c.control(ctx, "reset", nil) }

// script sets what the service answers.
func (c *cloud) script(ctx context.Context, answers ...fakecloud.Answer) error {
	return c.control(ctx, "script", answers)
}

func (c *cloud) control(ctx context.Context, what string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/_control/"+what, bytes.NewReader(data))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the loopback service: %s: %s", what, resp.Status)
	}
	return nil
}

// An arrival is a chat request that arrived.
type arrival struct {
	at, ended time.Time
}

// chat returns the last chat request that arrived, nil if none has. It waits for
// the service to be through with it.
func (c *cloud) chat(ctx context.Context) (*arrival, error) {
	for {
		requests, err := c.requests(ctx)
		if err != nil {
			return nil, err
		}
		if len(requests) == 0 {
			return nil, nil
		}
		if last := requests[len(requests)-1]; last.Done {
			return &arrival{at: last.Time, ended: last.Ended}, nil
		}
		time.Sleep(time.Millisecond)
	}
}

// requests returns the chat requests that arrived.
func (c *cloud) requests(ctx context.Context) ([]fakecloud.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/_control/requests", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var all, chats []fakecloud.Request
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for _, r := range all {
		if strings.HasSuffix(r.Path, "/chat/completions") {
			chats = append(chats, r)
		}
	}
	return chats, nil
}
