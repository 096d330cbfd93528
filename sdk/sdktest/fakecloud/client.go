package fakecloud

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// A buffer is a response that is kept.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newBuffer() *buffer { return &buffer{header: http.Header{}, status: http.StatusOK} }

func (b *buffer) Header() http.Header         { return b.header }
func (b *buffer) WriteHeader(status int)      { b.status = status }
func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }

// rendering is the kept body in two halves, ready to be broken.
func (b *buffer) rendering() *rendering {
	text := b.body.Bytes()
	half := len(text) / 2
	return &rendering{status: b.status, contentType: b.header.Get("Content-Type"), chunks: [][]byte{text[:half], text[half:]}}
}

// Client returns an HTTP client that reaches the cloud, and its other origin,
// without sockets, so that it works within [testing/synctest]. It follows no
// redirects of its own accord beyond what [http.Client] does.
func (c *Cloud) Client() *http.Client { return &http.Client{Transport: direct{c}} }

// direct is a transport that calls the handler.
type direct struct{ cloud *Cloud }

// RoundTrip returns as soon as the handler has written its first byte; the rest
// streams through a pipe.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, err := d.handler(r)
	if err != nil {
		return nil, err
	}
	ctx, leave := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	body, pipe := io.Pipe()
	w := &pipeWriter{buffer: *newBuffer(), pipe: pipe, ready: make(chan struct{})}
	go w.run(handler, in)
	select {
	case <-w.ready:
	case <-r.Context().Done():
		leave()
		_ = body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	if w.failed != nil {
		leave()
		return nil, w.failed
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: leaving{body, leave}, ContentLength: -1, Request: r,
	}, nil
}

func (d direct) handler(r *http.Request) (http.Handler, error) {
	origin := r.URL.Scheme + "://" + r.URL.Host
	switch origin {
	case d.cloud.url:
		return d.cloud.handler, nil
	case d.cloud.elsewhere:
		return d.cloud.elsewhereHandler(), nil
	}
	return nil, fmt.Errorf("dial %s: connection refused", r.URL.Host)
}

// leaving is a body whose reader, when it closes it, leaves the server alone.
type leaving struct {
	*io.PipeReader
	leave context.CancelFunc
}

func (l leaving) Close() error {
	l.leave()
	return l.PipeReader.Close()
}

// A pipeWriter is the handler's side of a response that is read while it is
// written.
type pipeWriter struct {
	buffer
	pipe   *io.PipeWriter
	once   sync.Once
	ready  chan struct{} // closed when sent or failed is set
	sent   http.Header
	failed error
}

var errBroken = errors.New("connection reset by peer")

func (w *pipeWriter) run(h http.Handler, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			w.once.Do(func() { w.failed = errBroken; close(w.ready) })
			_ = w.pipe.CloseWithError(io.ErrUnexpectedEOF)
			return
		}
		w.WriteHeader(w.status)
		_ = w.pipe.Close()
	}()
	h.ServeHTTP(w, r)
}

func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	})
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(w.status)
	return w.pipe.Write(p)
}

// Flush does nothing: a pipe keeps nothing back.
func (w *pipeWriter) Flush() { w.WriteHeader(w.status) }
