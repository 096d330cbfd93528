package client

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxNoise bounds what a plugin may print to standard output before its
// handshake line, in bytes. A plugin that prints more is none.
const maxNoise = 64 << 10

// noisePatience is how long after its first noise a plugin has for its handshake
// line: a program that is no plugin, and waits for input, should not be waited
// for as long as a plugin that is slow to start.
const noisePatience = 2 * time.Second

// handshakeReader passes on the handshake line of a plugin's standard output and
// nothing else: a library that greets its users on start must not keep a plugin
// from starting, and nothing that comes later is of interest.
type handshakeReader struct {
	file    *os.File
	r       *bufio.Reader
	pending []byte // of the handshake line, not read yet
	found   bool

	mu      sync.Mutex
	noise   string // first line that was no handshake
	version string // protocol version that the plugin speaks
}

func newHandshakeReader(f *os.File) *handshakeReader {
	return &handshakeReader{file: f, r: bufio.NewReader(f)}
}

// Read implements [io.Reader].
func (h *handshakeReader) Read(b []byte) (int, error) {
	if !h.found {
		if err := h.find(); err != nil {
			return 0, err
		}
	}
	if len(h.pending) == 0 {
		_, err := io.Copy(io.Discard, h.r)
		if err == nil {
			err = io.EOF
		}
		return 0, err
	}
	n := copy(b, h.pending)
	h.pending = h.pending[n:]
	return n, nil
}

// find reads up to the handshake line.
func (h *handshakeReader) find() error {
	read := 0
	for read < maxNoise {
		line, err := h.r.ReadSlice('\n')
		read += len(line)
		if version, ok := parseHandshake(line); ok {
			h.found, h.pending = true, bytes.Clone(line)
			_ = h.file.SetReadDeadline(time.Time{})
			h.note(&h.version, version)
			return nil
		}
		if h.note(&h.noise, strings.TrimSpace(string(line))) {
			_ = h.file.SetReadDeadline(time.Now().Add(noisePatience))
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
	}
	return io.EOF
}

// note sets a field that is still empty, and reports whether it did.
func (h *handshakeReader) note(field *string, value string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if *field != "" || value == "" {
		return false
	}
	*field = value
	return true
}

// seen returns the first line of noise and the version, as far as they are known.
func (h *handshakeReader) seen() (noise, version string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.noise, h.version
}

// Close implements [io.Closer].
func (h *handshakeReader) Close() error { return h.file.Close() }

// parseHandshake reports whether line is a go-plugin handshake,
// "CORE|PROTOCOL|NETWORK|ADDRESS|TYPE|…", and returns the protocol version.
func parseHandshake(line []byte) (version string, ok bool) {
	parts := strings.Split(strings.TrimSpace(string(line)), "|")
	if len(parts) < 4 || parts[2] != "unix" && parts[2] != "tcp" {
		return "", false
	}
	for _, number := range parts[:2] {
		if _, err := strconv.Atoi(number); err != nil {
			return "", false
		}
	}
	return parts[1], true
}

// Bounds of what is kept of a plugin's standard error.
const (
	tailLines    = 200
	tailLineSize = 4 << 10
)

// stderrReader keeps the last lines of a plugin's standard error while go-plugin
// reads it.
type stderrReader struct {
	file *os.File
	eof  chan struct{} // closed at its end

	mu   sync.Mutex
	ring []string
	line []byte // begun, not ended
}

func newStderrReader(f *os.File) *stderrReader {
	return &stderrReader{file: f, eof: make(chan struct{})}
}

// Read implements [io.Reader].
func (s *stderrReader) Read(b []byte) (int, error) {
	n, err := s.file.Read(b)
	s.keep(b[:n])
	if err != nil {
		s.end()
	}
	return n, err
}

// Close implements [io.Closer].
func (s *stderrReader) Close() error { return s.file.Close() }

func (s *stderrReader) keep(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		if room := tailLineSize - len(s.line); room > 0 {
			s.line = append(s.line, line[:min(room, len(line))]...)
		}
		if !ended {
			return
		}
		s.push()
		b = rest
	}
}

// push moves the line that has ended into the ring.
func (s *stderrReader) push() {
	if len(s.ring) == tailLines {
		s.ring = append(s.ring[:0], s.ring[1:]...)
	}
	s.ring = append(s.ring, string(s.line))
	s.line = s.line[:0]
}

func (s *stderrReader) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.eof:
	default:
		if len(s.line) > 0 {
			s.push()
		}
		close(s.eof)
	}
}

// lines returns what is kept, oldest first.
func (s *stderrReader) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.ring...)
}
