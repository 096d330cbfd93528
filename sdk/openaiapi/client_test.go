package openaiapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const hello = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"

func TestHeaders(t *testing.T) {
	var got *http.Request
	svc := service(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		sse(hello)(w, r)
	})
	svc.Header = http.Header{"X-Title": {"t"}, "Authorization": {"Basic x"}}
	svc.Query = url.Values{"api-version": {"1"}}
	req := ask()
	req.ExtraHeaders = map[string]string{"X-More": "m", "authorization": "Bearer other", "Host": "evil.example"}
	events, err := collect(t.Context(), &Client{UserAgent: "acme/1.2"}, svc, req)
	if err != nil {
		t.Fatal(err)
	}
	h := got.Header
	if h.Get("Authorization") != "Bearer "+testKey || len(h["Authorization"]) != 1 || strings.Contains(got.Host, "evil") {
		t.Errorf("authorization %q, host %s", h["Authorization"], got.Host)
	}
	if h.Get("X-Title") != "t" || h.Get("X-More") != "m" || h.Get("User-Agent") != "acme/1.2" || h.Get("Accept-Encoding") != "" ||
		h.Get("Content-Type") != "application/json" || got.ContentLength <= 0 {
		t.Errorf("headers %v, length %d", h, got.ContentLength)
	}
	if got.URL.String() != "/v1/chat/completions?api-version=1" {
		t.Errorf("url %s", got.URL)
	}
	if s := parts(events); s != "warning:header-ignored | warning:header-ignored | text:Hi | stop" {
		t.Errorf("events %s", s)
	}

	svc.KeyHeader = "api-key"
	req.ExtraHeaders = map[string]string{"Api-Key": "other"}
	if _, err := collect(t.Context(), new(Client), svc, req); err != nil {
		t.Fatal(err)
	}
	if h := got.Header; h.Get("Api-Key") != testKey || h.Get("Authorization") != "" || h.Get("User-Agent") != "qwen" {
		t.Errorf("headers %v", h)
	}
}

func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://a.example/v1":       "https://a.example/v1/chat/completions",
		" https://a.example/v1/ ":    "https://a.example/v1/chat/completions",
		"https://a.example":          "https://a.example/chat/completions",
		"https://a.example/v1?x=1#f": "https://a.example/v1/chat/completions?x=1",
		"http://[::1]:80/v1":         "http://[::1]:80/v1/chat/completions",
	} {
		u, err := (&Service{BaseURL: base}).url("chat/completions")
		if err != nil || u.String() != want {
			t.Errorf("%s: got %v, %v", base, u, err)
		}
	}
	for _, base := range []string{"", "a.example/v1", "ftp://a.example", "https://", "https://user:secret@a.example/v1", "https://a.example:port/"} {
		_, err := (&Service{BaseURL: base}).url("models")
		if e := want(t, err, sdk.KindConfig); strings.Contains(e.Error()+e.Hint, "secret") {
			t.Errorf("%s: %v", base, e)
		}
	}
}

func TestKeysThatMustNotBeSent(t *testing.T) {
	for _, svc := range []*Service{
		{BaseURL: "http://api.example/v1", Key: testKey},
		{BaseURL: "http://192.0.2.1/v1", Key: testKey},
		{BaseURL: "https://api.example/v1", Key: "two words"},
		{BaseURL: "https://api.example/v1", Key: "line\nbreak"},
		{BaseURL: "https://api.example/v1", Key: "sk–dash"},
	} {
		_, err := collect(t.Context(), &Client{HTTP: &http.Client{Transport: unreachable{t}}}, svc, ask())
		if e := want(t, err, sdk.KindConfig); strings.Contains(e.Error(), svc.Key.Reveal()) || e.Host == "" {
			t.Errorf("%v", e)
		}
	}
	for _, svc := range []*Service{
		{BaseURL: "http://api.example/v1"},
		{BaseURL: "http://api.example/v1", Key: testKey, AllowHTTP: true},
		{BaseURL: "http://localhost:1/v1", Key: testKey},
		{BaseURL: "http://[::1]:1/v1", Key: testKey},
	} {
		u, _ := svc.url("models")
		if err := svc.checkKey(u); err != nil {
			t.Errorf("%s: %v", svc.BaseURL, err)
		}
	}
}

// unreachable fails the test if a request is made.
type unreachable struct{ t *testing.T }

func (u unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	u.t.Error("a request was sent")
	return nil, errors.New("unreachable")
}

func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the other origin was asked")
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, c := range map[string]*Client{"default": new(Client), "own client": {HTTP: &http.Client{}}} {
			svc := service(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL+"/v1/chat/completions", status)
			})
			_, err := collect(t.Context(), c, svc, ask())
			e := want(t, err, sdk.KindProtocol)
			if !strings.Contains(e.Message, svc.BaseURL[:len(svc.BaseURL)-3]) || !strings.Contains(e.Message, elsewhere.URL) || e.Retryable {
				t.Errorf("%s, %d: %v", name, status, e)
			}
		}
	}
}

func TestRedirectsWithinTheOrigin(t *testing.T) {
	var asked []string
	handler := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked = append(asked, r.Method+" "+r.URL.Path)
			switch {
			case r.URL.Path == "/loop/chat/completions":
				http.Redirect(w, r, r.URL.Path, status)
			case r.URL.Path != "/v2":
				http.Redirect(w, r, "/v2", status)
			case len(body) == 0 || r.Header.Get("Authorization") != "Bearer "+testKey:
				t.Error("the request lost its body or key on the way")
			default:
				sse(hello)(w, r)
			}
		}
	}
	if _, err := chat(t, service(t, handler(307)), ask()); err != nil || len(asked) != 2 {
		t.Errorf("307: asked %q, %v", asked, err)
	}
	_, err := chat(t, service(t, handler(302)), ask())
	if e := want(t, err, sdk.KindProtocol); !strings.Contains(e.Message, "lose its body") {
		t.Errorf("302: %v", e)
	}
	svc := service(t, handler(307))
	svc.BaseURL = strings.TrimSuffix(svc.BaseURL, "/v1") + "/loop"
	_, err = chat(t, svc, ask())
	if e := want(t, err, sdk.KindProtocol); !strings.Contains(e.Message, "too many") {
		t.Errorf("loop: %v", e)
	}
}

func TestOrigin(t *testing.T) {
	for a, same := range map[string]bool{
		"https://a.example/x":      true,
		"https://A.EXAMPLE:443/":   true,
		"http://a.example/":        false,
		"https://a.example:444/":   false,
		"https://b.a.example/":     false,
		"https://a.example.evil/":  false,
		"https://a.example@evil/x": false,
	} {
		u, err := url.Parse(a)
		if err != nil {
			t.Fatal(err)
		}
		if (origin(u) == "https://a.example") != same {
			t.Errorf("%s has the origin %s", a, origin(u))
		}
	}
}

func TestNetworkErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	plain := service(t, sse(hello))
	secure := httptest.NewUnstartedServer(sse(hello))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	old := httptest.NewUnstartedServer(sse(hello))
	old.Config.ErrorLog = secure.Config.ErrorLog
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	hangup := service(t, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })

	for name, tt := range map[string]struct {
		base string
		say  string
	}{
		"refused":        {"http://" + closed, "refused"},
		"unknown CA":     {secure.URL, "not trusted"},
		"no TLS there":   {strings.Replace(plain.BaseURL, "http:", "https:", 1), "does not speak TLS"},
		"old TLS":        {old.URL, "refused the TLS handshake"},
		"closed at once": {hangup.BaseURL, "closed before"},
	} {
		svc := &Service{BaseURL: tt.base, Key: testKey}
		_, err := collect(t.Context(), new(Client), svc, ask())
		e := want(t, err, sdk.KindNetwork)
		if !strings.Contains(e.Message, tt.say) || e.Host == "" || strings.Contains(e.Message, "http") {
			t.Errorf("%s: host %q, message %q", name, e.Host, e.Message)
		}
	}
}

func TestDescribeNetworkErrors(t *testing.T) {
	for _, tt := range []struct {
		err       error
		say       string
		retryable bool
	}{
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x.example", IsNotFound: true}}, "no such host", false},
		{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, "could not be looked up", true},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "no connection in time", true},
		{x509.CertificateInvalidError{Reason: x509.Expired}, "expired", false},
		{x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, "not valid", false},
		{&url.Error{Op: "Post", URL: "https://x.example/?secret", Err: errors.New("something\x1b new")}, "the request failed: something new", true},
	} {
		message, _, retryable := describeNetworkError(tt.err)
		if !strings.Contains(message, tt.say) || retryable != tt.retryable || strings.Contains(message, "secret") {
			t.Errorf("%v: got %q, retryable %v", tt.err, message, retryable)
		}
	}
}

func TestWrongHostName(t *testing.T) {
	secure := httptest.NewUnstartedServer(sse(hello))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	c := secure.Client()
	c.CheckRedirect = nil
	svc := &Service{BaseURL: strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), Key: testKey}
	_, err := collect(t.Context(), &Client{HTTP: c}, svc, ask())
	if e := want(t, err, sdk.KindNetwork); !strings.Contains(e.Message, "another host name") {
		t.Errorf("%v", e)
	}
}

func TestProxy(t *testing.T) {
	asked := ""
	get := func(base string, u *url.URL, proxyErr error) *http.Client {
		return newHTTPClient(func(r *http.Request) (*url.URL, error) { asked = r.URL.Host; return u, proxyErr })
	}
	c := &Client{HTTP: get("", nil, errors.New(`invalid proxy address "http://user:secret@x"`))}
	_, err := collect(t.Context(), c, &Service{BaseURL: "https://api.example/v1"}, ask())
	if e := want(t, err, sdk.KindNetwork); strings.Contains(e.Message+e.Hint, "secret") || !strings.Contains(e.Message, "proxy") || asked != "api.example" {
		t.Errorf("%v, proxy asked for %q", e, asked)
	}
	asked = ""
	if _, err := collect(t.Context(), c, service(t, sse(hello)), ask()); err != nil || asked != "" {
		t.Errorf("loopback: %v, proxy asked for %q", err, asked)
	}
	c = &Client{HTTP: get("", &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, nil)}
	_, err = collect(t.Context(), c, &Service{BaseURL: "https://api.example/v1"}, ask())
	if e := want(t, err, sdk.KindNetwork); !strings.Contains(e.Message, "proxy was not reached") {
		t.Errorf("%v", e)
	}
}

func TestUnaskedCompression(t *testing.T) {
	svc := service(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		sse(hello)(w, r)
	})
	_, err := chat(t, svc, ask())
	want(t, err, sdk.KindProtocol)
}

func TestHTTP2(t *testing.T) {
	var proto string
	gone := make(chan struct{}, 1)
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = r.Proto
		sse(stream(`"content":"a"`))(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- struct{}{}
	}))
	secure.EnableHTTP2 = true
	secure.StartTLS()
	defer secure.Close()
	c := NewHTTPClient()
	c.Transport.(*http.Transport).TLSClientConfig.RootCAs = x509.NewCertPool()
	c.Transport.(*http.Transport).TLSClientConfig.RootCAs.AddCert(secure.Certificate())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var err error
	for ev, e := range (&Client{HTTP: c}).Chat(ctx, &Service{BaseURL: secure.URL, Key: testKey}, ask()) {
		if _, ok := ev.(*sdk.Delta); ok {
			cancel()
		}
		err = e
	}
	if !errors.Is(err, context.Canceled) || proto != "HTTP/2.0" {
		t.Errorf("%s: %v", proto, err)
	}
	<-gone
}

// blockingService sends the start of an answer and then nothing. Its channel closes
// when the connection is gone.
func blockingService(t *testing.T, start string) (*Service, <-chan struct{}) {
	gone := make(chan struct{})
	svc := service(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, start)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	return svc, gone
}

func TestCancel(t *testing.T) {
	for _, start := range []string{"", stream(`"content":"Hel"`)} {
		svc, gone := blockingService(t, start)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		_, err := collect(ctx, new(Client), svc, ask())
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-gone
	}
}

func TestDeadline(t *testing.T) {
	svc, gone := blockingService(t, stream(`"content":"Hel"`))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := collect(ctx, new(Client), svc, ask())
	want(t, err, sdk.KindTimeout)
	<-gone
}

func TestBreak(t *testing.T) {
	svc, gone := blockingService(t, stream(`"content":"Hel"`))
	for ev, err := range new(Client).Chat(t.Context(), svc, ask()) {
		if _, ok := ev.(*sdk.Delta); ok || err != nil {
			break
		}
	}
	<-gone
}

func TestEndMarkerEndsTheAnswer(t *testing.T) {
	svc, gone := blockingService(t, hello)
	events, err := chat(t, svc, ask())
	if err != nil || parts(events) != "text:Hi | stop" {
		t.Errorf("%s, %v", parts(events), err)
	}
	<-gone
}

func TestConnectionIsReused(t *testing.T) {
	from := map[string]bool{}
	svc := service(t, func(w http.ResponseWriter, r *http.Request) {
		from[r.RemoteAddr] = true
		sse(hello)(w, r)
	})
	c := new(Client)
	for range 3 {
		if _, err := collect(t.Context(), c, svc, ask()); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 1 {
		t.Errorf("3 turns took %d connections", len(from))
	}
}

func TestConnectionLost(t *testing.T) {
	abort := func(start string) *Service {
		return service(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, start)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
	}
	events, err := chat(t, abort(stream(`"content":"Hel"`)), ask())
	want(t, err, sdk.KindIncomplete)
	if d := find[*sdk.Delta](events); d == nil || d.Text != "Hel" {
		t.Errorf("what had come is lost: %v", events)
	}
	events, err = chat(t, abort(stream(`"content":"Hi"`, "FINISH:stop")), ask())
	if err != nil || parts(events) != "text:Hi | stop" {
		t.Errorf("after the finish reason: %s, %v", parts(events), err)
	}
}

// A slowBody yields its pieces at intervals of virtual time and then blocks until it
// is closed.
type slowBody struct {
	pieces []string
	every  time.Duration
	closed chan struct{}
}

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.pieces) == 0 {
		<-b.closed
		return 0, net.ErrClosed
	}
	time.Sleep(b.every)
	n := copy(p, b.pieces[0])
	b.pieces = b.pieces[1:]
	return n, nil
}

func (b *slowBody) Close() error { close(b.closed); return nil }

// readSlowly reads a slow answer and returns the names of its events.
func readSlowly(every time.Duration, pieces ...string) (string, error) {
	body := &slowBody{pieces: pieces, every: every, closed: make(chan struct{})}
	var seen []string
	s := sdk.NewStream(func(ev sdk.Event, err error) bool {
		switch ev := ev.(type) {
		case *sdk.Started:
			seen = append(seen, "started:"+ev.Model)
		case *sdk.Heartbeat:
			seen = append(seen, "alive")
		case *sdk.Delta:
			seen = append(seen, ev.Text)
		case *sdk.Finished:
			seen = append(seen, string(ev.Reason))
		}
		return true
	})
	req, _ := http.NewRequest(http.MethodPost, "http://localhost/", nil)
	resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}
	err := newAnswer(s, &call{svc: &Service{}, req: req}, resp, nil).read(body)
	return strings.Join(seen, " "), err
}

func TestSignsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := readSlowly(time.Second, ": wait\n\n", stream(`"content":"a"`), ": wait\n\n", stream("FINISH:stop", "[DONE]"))
		if want := "alive alive alive started:m1 a alive alive stop"; err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	})
}

func TestServerThatNeverCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		got, err := readSlowly(time.Second, stream(`"content":"a"`, "FINISH:stop"))
		if err != nil || got != "alive alive started:m1 a stop" || time.Since(begin) > 2*finishGrace {
			t.Errorf("got %s, %v after %v", got, err, time.Since(begin))
		}
	})
}

func TestVerify(t *testing.T) {
	var asked string
	svc := service(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path
		if r.Header.Get("Authorization") != "Bearer "+testKey {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"data":[]}`)
	})
	if err := new(Client).Verify(t.Context(), svc); err != nil || asked != "GET /v1/models" {
		t.Errorf("asked %s: %v", asked, err)
	}
	svc.Key, svc.Dialect.VerifyPath = "sk-wrong", "key"
	err := new(Client).Verify(t.Context(), svc)
	if e := want(t, err, sdk.KindUnauthenticated); e.Host == "" || asked != "GET /v1/key" {
		t.Errorf("asked %s: %v", asked, e)
	}
	for name, handler := range map[string]http.HandlerFunc{
		"web page": respond(200, "text/html", "<html>"), "empty": respond(200, "application/json", ""), "text": respond(200, "text/plain", "ok"),
	} {
		err := new(Client).Verify(t.Context(), service(t, handler))
		if e := want(t, err, sdk.KindProtocol); e.Host == "" {
			t.Errorf("%s: %v", name, e)
		}
	}
}

func TestModels(t *testing.T) {
	list := func(body string) ([]sdk.Model, error) {
		return new(Client).Models(t.Context(), service(t, respond(200, "application/json", body)))
	}
	models, err := list(`{"data":[{"id":"a","max_model_len":4096},{"id":"b/c","name":"B","context_length":"1000","top_provider":{"max_completion_tokens":10},
		"architecture":{"input_modalities":["text","image"]},"supported_parameters":["tools","reasoning"]},{"id":""},{"id":"x\u001b[1m","architecture":"old"}]}`)
	if err != nil || len(models) != 3 {
		t.Fatalf("%v, %v", models, err)
	}
	if m := models[0]; m.ID != "a" || m.ContextTokens != 4096 || m.Reasoning {
		t.Errorf("%+v", m)
	}
	if m := models[1]; m.DisplayName != "B" || m.ContextTokens != 1000 || m.MaxOutputTokens != 10 || len(m.Input) != 2 || !m.Reasoning {
		t.Errorf("%+v", m)
	}
	if models[2].ID != "x[1m" {
		t.Errorf("%q", models[2].ID)
	}
	for _, body := range []string{`[{"id":"a"}]`, `{"models":[{"name":"a"}]}`} {
		if models, err := list(body); err != nil || len(models) != 1 || models[0].ID != "a" {
			t.Errorf("%s: %v, %v", body, models, err)
		}
	}
	for _, body := range []string{`{"ok":true}`, `{"data":`, `<html>`} {
		_, err := list(body)
		want(t, err, sdk.KindProtocol)
	}
}

func TestModelPrices(t *testing.T) {
	body := `{"data":[
		{"id":"paid","pricing":{"prompt":"0.0000005","completion":"0.0000015","request":"0.01","input_cache_read":"0.0000001"}},
		{"id":"auto","pricing":{"prompt":"-1","completion":"-1"}},
		{"id":"silent"}]}`
	models, err := new(Client).Models(t.Context(), service(t, respond(200, "application/json", body)))
	if err != nil || len(models) != 3 {
		t.Fatalf("%v, %v", models, err)
	}
	for i, want := range []bool{true, false, false} {
		if got := models[i].Price != nil; got != want {
			t.Errorf("%s: has a price: %v", models[i].ID, got)
		}
	}
	u := &sdk.Usage{InputTokens: 3_000_000, CacheReadTokens: 1_000_000, OutputTokens: 2_000_000}
	if got, want := models[0].Price.Cost(u), 2*0.5+0.1+2*1.5+0.01; math.Abs(got-want) > 1e-9 {
		t.Errorf("the cost is %v, want %v", got, want)
	}
}

// BenchmarkChat is the whole way of an answer of 20,000 chunks, without the network.
func BenchmarkChat(b *testing.B) {
	const n = 20000
	body := strings.Repeat("data: "+contentChunk+"\n\n", n) + stream("FINISH:stop", "[DONE]")
	b.ReportAllocs()
	for b.Loop() {
		s := sdk.NewStream(func(_ sdk.Event, err error) bool { return err == nil })
		if err := readBody(s, &Service{}, body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/chunk")
}
