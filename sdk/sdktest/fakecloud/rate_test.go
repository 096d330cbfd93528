package fakecloud

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Unstarted()
		c.SetRate(Rate{Requests: 2, Window: 10 * time.Second})
		ask := func(key string) *http.Response {
			t.Helper()
			body := strings.NewReader(`{"model":"m","messages":[{"role":"user","content":"hi"}]}`)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.OpenAI()+"/chat/completions", body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+key)
			resp, err := c.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			return resp
		}
		for i, step := range []struct {
			after time.Duration
			key   string
			want  int
		}{
			{0, "a", 200}, {4 * time.Second, "a", 200}, {5 * time.Second, "a", 429}, {0, "b", 200}, {time.Second, "a", 200}, {0, "a", 429},
		} {
			time.Sleep(step.after)
			if resp := ask(step.key); resp.StatusCode != step.want {
				t.Errorf("request %d: status %d, want %d", i+1, resp.StatusCode, step.want)
			} else if wait := resp.Header.Get("Retry-After-Ms"); i == 2 && wait != "1001" {
				t.Errorf("come back after %q", wait)
			}
		}
		if c.Refused() != 2 {
			t.Errorf("%d were refused", c.Refused())
		}
	})
}
