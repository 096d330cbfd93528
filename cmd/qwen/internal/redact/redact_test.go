package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// awkward is a password that every encoding writes differently.
const awkward = `pa/ss "wörd"&<1>`

func TestKnownSecrets(t *testing.T) {
	r := New("tok_abcdefgh", awkward, "abcd")
	r.AddBasic("user", "hunter-two")
	quoted, _ := json.Marshal(awkward)
	header := http.Header{}
	req := &http.Request{Header: header}
	req.SetBasicAuth("user", "hunter-two")

	for in, want := range map[string]string{
		"key tok_abcdefgh refused":                                    "key [redacted] refused",
		"xtok_abcdefghy":                                              "x[redacted]y",
		"tok_abcdefghtok_abcdefgh":                                    "[redacted][redacted]",
		"plain " + awkward + ".":                                      "plain [redacted].",
		`{"password":` + string(quoted) + `}`:                         `{"password":"[redacted]"}`,
		"q=" + url.QueryEscape(awkward):                               "q=[redacted]",
		"/" + url.PathEscape(awkward) + "/":                           "/[redacted]/",
		strings.ToLower(percentAll("tok_abcdefgh")):                   "[redacted]",
		base64.StdEncoding.EncodeToString([]byte("tok_abcdefgh")):     "[redacted]",
		base64.RawURLEncoding.EncodeToString([]byte(":tok_abcdefgh")): "[redacted]",
		header.Get("Authorization"):                                   "Basic [redacted]",
		"abcd":                                                        "[redacted]",
		"as (abcd), abcd":                                             "as ([redacted]), [redacted]",
		"abcdabcd abcde xabcd":                                        "abcdabcd abcde xabcd",
		"nothing here":                                                "nothing here",
		"":                                                            "",
	} {
		if got := r.String(in); got != want {
			t.Errorf("String(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestShortSecretsAreIgnored(t *testing.T) {
	r := New("", "k", "key")
	r.AddBasic("user", "pw")
	const s = "the key k of user is pw"
	if got := r.String(s); got != s {
		t.Errorf("got %q", got)
	}
}

func TestLongerSecretWins(t *testing.T) {
	r := New("abcdefgh", "abcdefghijkl")
	if got := r.String("abcdefghijkl"); got != mask {
		t.Errorf("got %q", got)
	}
}

func TestShapes(t *testing.T) {
	var r Redactor
	for in, want := range map[string]string{
		"Incorrect API key provided: sk-proj-abcd1234EFGH.":    "Incorrect API key provided: [redacted].",
		"sk-sp-0123456789abcdef on a general endpoint":         "[redacted] on a general endpoint",
		"keys begin with sk- or sk-sp-":                        "keys begin with sk- or sk-sp-",
		"risk-averse-people, disk-0123456789":                  "risk-averse-people, disk-0123456789",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln":            "[redacted]",
		"Authorization: Bearer abc.def.ghi":                    "Authorization: Bearer [redacted]",
		"authorization: bearer  0a1b2c3d4e":                    "authorization: bearer  [redacted]",
		"Basic dXNlcjpwYXNzd29yZA==":                           "Basic [redacted]",
		"the bearer token has expired":                         "the bearer token has expired",
		"Bearer authentication is required":                    "Bearer authentication is required",
		`WWW-Authenticate: Bearer error="invalid_token"`:       `WWW-Authenticate: Bearer error="invalid_token"`,
		"proxy http://me:secret@proxy:3128/ refused":           "proxy http://[redacted]@proxy:3128/ refused",
		"https://me@host/a@b":                                  "https://[redacted]@host/a@b",
		"https://host/a@b https://other":                       "https://host/a@b https://other",
		"GET https://h/v1?key=abcd1234&q=hello":                "GET https://h/v1?key=[redacted]&q=hello",
		"api-key: 0123456789abcdef0123":                        "api-key: [redacted]",
		`{"access_token":"ab12cd34","refresh_token":"ef56gh"}`: `{"access_token":"[redacted]","refresh_token":"[redacted]"}`,
		`"{\"device_code\":\"ab12cd34\"}"`:                     `"{\"device_code\":\"[redacted]\"}"`,
		"OPENAI_API_KEY=ab12cd34 is set":                       "OPENAI_API_KEY=[redacted] is set",
		"OPENAI_API_KEY is not set":                            "OPENAI_API_KEY is not set",
		`settings.json:3: unknown key: model2name`:             `settings.json:3: unknown key: model2name`,
		"total_tokens: 123456, request ID req_0123456789":      "total_tokens: 123456, request ID req_0123456789",
	} {
		got := r.String(in)
		if got != want {
			t.Errorf("String(%q)\n got %q\nwant %q", in, got, want)
		}
		if again := r.String(got); again != got {
			t.Errorf("masked twice: %q, once: %q", again, got)
		}
	}
}

func TestWriter(t *testing.T) {
	const in = "one tok_abcdefgh\ntwo Bearer abc.def.ghi\r\nno secret\n\nlast tok_abcdefgh"
	const want = "one [redacted]\ntwo Bearer [redacted]\r\nno secret\n\nlast [redacted]"
	for size := 1; size <= len(in); size++ {
		if got := write(t, New("tok_abcdefgh"), in, size); got != want {
			t.Errorf("%d bytes at a time: %q", size, got)
		}
	}
}

// write writes s to a redacting writer, size bytes at a time.
func write(t testing.TB, r *Redactor, s string, size int) string {
	var out bytes.Buffer
	w := r.Writer(&out)
	for p := []byte(s); len(p) > 0; {
		n := min(size, len(p))
		if m, err := w.Write(p[:n]); m != n || err != nil {
			t.Fatalf("Write = %d, %v", m, err)
		}
		p = p[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriterEndlessLine(t *testing.T) {
	secret := "tok_abcdefgh"
	fill := strings.Repeat("a ", (maxLine-len(secret)/2)/2)
	got := write(t, New(secret), fill+secret+strings.Repeat("b", 3*maxLine)+"\nnext\n", 1000)
	head, rest, _ := strings.Cut(got, " [cut")
	if strings.Trim(head, "a ") != "" || rest != ": the line is too long]\nnext\n" {
		t.Errorf("head ends %q, rest is %q", head[max(0, len(head)-20):], rest)
	}
}

func TestWriterHoldsOneLine(t *testing.T) {
	var out bytes.Buffer
	w := New().Writer(&out)
	_, _ = w.Write([]byte("a\nb"))
	if out.String() != "a\n" {
		t.Errorf("got %q before the second line ended", out.String())
	}
}

func TestWriterError(t *testing.T) {
	full := errors.New("disk full")
	w := New().Writer(writerFunc(func([]byte) (int, error) { return 0, full }))
	if _, err := w.Write([]byte("a\n")); !errors.Is(err, full) {
		t.Errorf("Write = %v, want %v", err, full)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestConcurrentUse(t *testing.T) {
	r := New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r.Add("tok_abcdefgh")
			_ = r.String("tok_abcdefgh")
		})
	}
	wg.Wait()
	if got := r.String("tok_abcdefgh"); got != mask {
		t.Errorf("got %q", got)
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add("tok_abcdefgh", "key ", " refused\nnext", uint8(3))
	f.Add(awkward, `{"a":"`, `"}`, uint8(1))
	f.Add("0123456789", "http://u:", "@host", uint8(7))
	f.Add("Bearer x", "Bearer ", "sk-", uint8(2))
	f.Fuzz(func(t *testing.T, secret, before, after string, size uint8) {
		secret = strings.TrimSpace(secret)
		if len(secret) < minAnywhere || strings.ContainsAny(secret, "\n") || strings.Contains(mask, secret) || strings.Contains(secret, mask) {
			t.Skip()
		}
		r := New(secret)
		text := before + secret + after
		got := r.String(text)
		// What is left around masks may only spell the secret with their help.
		for piece := range strings.SplitSeq(got, mask) {
			if strings.Contains(piece, secret) {
				t.Errorf("%q is left in %q", secret, got)
			}
		}
		if len(text) < maxLine {
			if w := write(t, r, text, int(size)+1); !strings.Contains(text, "\n") && w != got {
				t.Errorf("written: %q, at once: %q", w, got)
			} else if byByte := write(t, r, text, 1); byByte != w {
				t.Errorf("byte by byte: %q, else %q", byByte, w)
			}
		}
	})
}

func BenchmarkString(b *testing.B) {
	r := New("tok_abcdefgh", "another-secret-0123456789", awkward)
	s := strings.Repeat(`time=12:00 level=debug msg="request sent" host=api.example.com status=200 `, 10)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		_ = r.String(s)
	}
}
