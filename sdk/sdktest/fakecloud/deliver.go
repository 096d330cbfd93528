package fakecloud

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// web is the page that proxies and captive portals answer with.
const web = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Please log in to the network</h1></body></html>\n"

// replace answers with what a fault puts in place of an answer, and reports
// whether it did.
func (c *Cloud) replace(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case FaultStatus:
		c.status(w, r, f)
	case FaultEchoKey:
		writeError(w, r, apiError{status: 401, code: "invalid_api_key", kind: "invalid_request_error",
			message: "Incorrect API key provided: " + credential(r.Header) + "."})
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(web))
	case FaultRedirect:
		w.Header().Set("Location", orDefault(f.Location, c.elsewhere+r.URL.Path))
		w.WriteHeader(http.StatusTemporaryRedirect)
	case FaultHang:
		c.hold(r.Context())
	case FaultSlowHeaders:
		return !c.sleep(r.Context(), f.Delay)
	case FaultCut, FaultReset:
		if f.After > 0 {
			return false
		}
		reset(w) // before the service has seen the request
	default:
		return false
	}
	return true
}

// status answers with the fault's HTTP status.
func (c *Cloud) status(w http.ResponseWriter, r *http.Request, f *Fault) {
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	if f.Body != "" {
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return
	}
	e := statusError(f.Status)
	e.code, e.message = orDefault(f.Code, e.code), orDefault(f.Message, e.message)
	writeError(w, r, e)
}

// deliver sends a rendering and ends the connection as it says. Without a delay
// the bytes go out as fast as they can; with one, each chunk is flushed.
func (c *Cloud) deliver(w http.ResponseWriter, r *http.Request, out *rendering) {
	w.Header().Set("Content-Type", out.contentType)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Request-Id", "req-"+orDefault(r.Header.Get("X-Request-Id"), "fake"))
	for k, v := range out.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(orDefault(out.status, http.StatusOK))
	if c.send(r.Context(), w, out) {
		c.conclude(w, r, out.end)
	}
}

// send writes all chunks; false if the client left meanwhile.
func (c *Cloud) send(ctx context.Context, w http.ResponseWriter, out *rendering) bool {
	delay, chunks := out.delay, append(append(out.chunks, out.tail...), out.done)
	if out.trickle > 0 {
		delay, chunks = out.trickle, single(out.join())
	}
	for i, chunk := range chunks {
		if delay > 0 && len(chunk) > 0 && !c.sleep(ctx, delay) {
			return false
		}
		if out.timed {
			chunk = timed(chunk, time.Now())
		}
		if _, err := w.Write(chunk); err != nil {
			return false
		}
		if i == len(chunks)-1 && out.end == endClean {
			markSent(ctx)
		}
		if delay > 0 {
			flush(w)
		}
	}
	return true
}

// sentMark stands for the time at which a chunk is sent.
const sentMark = "{sent}"

// timed returns a chunk with the time in it.
func timed(chunk []byte, now time.Time) []byte {
	return bytes.ReplaceAll(chunk, []byte(sentMark), strconv.AppendInt(nil, now.UnixNano(), 10))
}

// single cuts b into its bytes.
func single(b []byte) [][]byte {
	list := make([][]byte, len(b))
	for i := range b {
		list[i] = b[i : i+1]
	}
	return list
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// conclude ends the connection.
func (c *Cloud) conclude(w http.ResponseWriter, r *http.Request, end ending) {
	switch end {
	case endCut:
		flush(w)
		panic(http.ErrAbortHandler) // the documented way to close a connection in mid-answer
	case endReset:
		flush(w)
		reset(w)
	case endOpen:
		flush(w)
		c.hold(r.Context())
	}
}

// reset closes the connection with a TCP reset: a linger time of zero drops
// what is unsent and sends RST in place of FIN.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// hold waits until the client leaves or the cloud closes.
func (c *Cloud) hold(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-c.done:
		panic(http.ErrAbortHandler)
	}
}

// sleep waits for d; false if the client left or the cloud closed meanwhile.
func (c *Cloud) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-c.done:
	}
	return false
}
