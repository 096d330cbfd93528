package fakecloud

import (
	"strings"
	"time"
)

// A FaultKind is a way to go wrong.
type FaultKind string

// The kinds. "After" is [Fault.After], "Delay" [Fault.Delay], "Size"
// [Fault.Size], each with its default.
const (
	// In place of an answer.
	FaultStatus   FaultKind = "status"   // an HTTP status; see the fields of Fault
	FaultEchoKey  FaultKind = "echo-key" // 401 with the key in its message
	FaultHTML     FaultKind = "html"     // 200 with a web page
	FaultRedirect FaultKind = "redirect" // 307 to Location, or to the other origin
	FaultHang     FaultKind = "hang"     // no response at all
	FaultEmpty    FaultKind = "empty"    // 200 without a body
	FaultOnlyDone FaultKind = "only-done"

	// Broken off.
	FaultCut      FaultKind = "cut"       // connection closed after After chunks (3)
	FaultCutBytes FaultKind = "cut-bytes" // connection closed after After bytes (100)
	FaultReset    FaultKind = "reset"     // connection reset after After chunks (3)
	FaultNoFinish FaultKind = "no-finish" // a clean end, but no finish reason and no [DONE]
	FaultNoDone   FaultKind = "no-done"   // a finish reason, but no [DONE]
	FaultError    FaultKind = "error"     // an error object after After chunks (3)

	// Slow.
	FaultSlowHeaders FaultKind = "slow-headers" // Delay (2 s) before the response
	FaultStall       FaultKind = "stall"        // silence after After chunks (3)
	FaultTrickle     FaultKind = "trickle"      // one byte each Delay (1 s)
	FaultOpenEnd     FaultKind = "open-end"     // whole, but the connection stays open

	// Odd.
	FaultMalformed FaultKind = "malformed"  // chunk number After (3) is half a JSON text
	FaultKeepAlive FaultKind = "keep-alive" // Size comments (1) before each chunk, Delay before each of both
	FaultHuge      FaultKind = "huge"       // one chunk of Size bytes (20 MiB)
	FaultCRLF      FaultKind = "crlf"       // lines end in CR LF
	FaultBOM       FaultKind = "bom"        // begins with a byte order mark
)

// A Fault is something that goes wrong with a request. Faults of streams do to
// an answer that is not streamed, or to an OAuth one, what comes nearest.
type Fault struct {
	Kind FaultKind `json:"kind"`

	// Path limits the fault to requests whose path begins with it, and puts it
	// before the check of the key. Empty: chat requests with a good key.
	Path string `json:"path,omitempty"`

	// Times is how many requests it is good for; 0: all.
	Times int `json:"times,omitempty"`

	// After counts chunks or bytes; 0: the kind's default, -1: none. A connection
	// that is cut or reset after none breaks before the service has seen the
	// request; else it has, and only the answer is lost.
	After int           `json:"after,omitempty"`
	Delay time.Duration `json:"delay,omitempty"`
	Size  int           `json:"size,omitempty"`

	// For FaultStatus: the status, and either the service's usual error body
	// with Code and Message in it or Body as it is; and for FaultRedirect.
	Status   int               `json:"status,omitempty"`
	Code     string            `json:"code,omitempty"`
	Message  string            `json:"message,omitempty"`
	Body     string            `json:"body,omitempty"`
	Header   map[string]string `json:"header,omitempty"`
	Location string            `json:"location,omitempty"`
}

func (f Fault) withDefaults() Fault {
	if f.Kind == "" {
		f.Kind = FaultStatus
	}
	f.Status = orDefault(f.Status, 500)
	switch f.Kind {
	case FaultHuge:
		f.Size = orDefault(f.Size, 20<<20)
	case FaultKeepAlive:
		f.Size = orDefault(f.Size, 1)
	case FaultCutBytes:
		f.After = orDefault(f.After, 100)
	case FaultSlowHeaders:
		f.Delay = orDefault(f.Delay, 2*time.Second)
	case FaultTrickle:
		f.Delay = orDefault(f.Delay, time.Second)
	}
	f.After = max(orDefault(f.After, 3), 0)
	return f
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// fits reports whether f is for a request to path.
func (f *Fault) fits(path string, chat bool) bool {
	if f.Path == "" {
		return chat
	}
	return !chat && strings.HasPrefix(path, f.Path)
}
