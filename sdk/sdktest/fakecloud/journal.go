package fakecloud

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxBody bounds what is read of a request: room for a few large images.
const maxBody = 256 << 20

// A Request is one that arrived, the control endpoints excepted.
type Request struct {
	Method string      `json:"method"`
	Path   string      `json:"path"`
	Query  string      `json:"query,omitempty"`
	Header http.Header `json:"header"`
	Body   string      `json:"body,omitempty"`
	Time   time.Time   `json:"time"`

	// Done says that the server is through with it, since Ended, and Canceled that
	// the client went away before that.
	Done     bool      `json:"done"`
	Ended    time.Time `json:"ended,omitzero"`
	Canceled bool      `json:"canceled"`
}

// Key returns the credential that came with the request: the bearer token or
// the value of the api-key header.
func (r *Request) Key() string { return credential(r.Header) }

func credential(h http.Header) string {
	if v, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		return v
	}
	return h.Get("Api-Key")
}

// A journal keeps the requests that arrived, in order.
type journal struct {
	mu       sync.Mutex
	requests []*Request
	changed  chan struct{} // closed at each change, then replaced
}

func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = nil
	j.notify()
}

// notify wakes whoever waits; j.mu is held.
func (j *journal) notify() {
	if j.changed != nil {
		close(j.changed)
	}
	j.changed = make(chan struct{})
}

// snapshot returns copies of all requests, and a channel that is closed when
// there is news.
func (j *journal) snapshot() ([]Request, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	list := make([]Request, len(j.requests))
	for i, r := range j.requests {
		list[i] = *r
	}
	return list, j.changed
}

// record writes down each request before next sees it, and how it ended.
func (j *journal) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "fakecloud: request body: "+err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		entry := &Request{
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
			Header: r.Header.Clone(), Body: string(body), Time: time.Now(),
		}
		j.add(entry)
		progress := new(sent)
		r = r.WithContext(context.WithValue(r.Context(), sentKey{}, progress))
		defer j.finish(entry, r.Context(), progress)
		next.ServeHTTP(w, r)
	})
}

func (j *journal) add(entry *Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = append(j.requests, entry)
	j.notify()
}

// sent says that an answer was written to its end: a client that then leaves
// has not cancelled anything. It belongs to the handler's goroutine.
type sent struct{ whole bool }

// sentKey is its key in the context of a request.
type sentKey struct{}

func markSent(ctx context.Context) {
	if s, ok := ctx.Value(sentKey{}).(*sent); ok {
		s.whole = true
	}
}

// finish runs in the handler's own goroutine, where the context is cancelled
// only if the client has gone.
func (j *journal) finish(entry *Request, ctx context.Context, progress *sent) {
	j.mu.Lock()
	defer j.mu.Unlock()
	entry.Done, entry.Ended = true, time.Now()
	entry.Canceled = ctx.Err() != nil && !progress.whole
	j.notify()
}

// Requests returns the requests that arrived, oldest first.
func (c *Cloud) Requests() []Request {
	list, _ := c.arrived.snapshot()
	return list
}

// RequestsTo returns the requests whose path ends in suffix, oldest first.
func (c *Cloud) RequestsTo(suffix string) []Request {
	return slices.DeleteFunc(c.Requests(), func(r Request) bool {
		return !strings.HasSuffix(r.Path, suffix)
	})
}

// Elsewhere returns the requests that arrived at the other origin. A client
// that takes care of its key sends none.
func (c *Cloud) Elsewhere() []Request {
	list, _ := c.astray.snapshot()
	return list
}

// Wait waits until the requests that arrived are as ok wants them. It returns
// the context's error if that ends first.
func (c *Cloud) Wait(ctx context.Context, ok func([]Request) bool) error {
	for {
		list, changed := c.arrived.snapshot()
		if ok(list) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// WaitCanceled waits until a client went away before the end of its answer.
func (c *Cloud) WaitCanceled(ctx context.Context) error {
	return c.Wait(ctx, func(list []Request) bool {
		return slices.ContainsFunc(list, func(r Request) bool { return r.Canceled })
	})
}
