package openaiapi

import "unicode/utf8"

// scanDelta reads the chunk that nearly every event of a long answer is: one choice
// whose delta adds text, thought or nothing, and no news besides. It reports false
// for everything else, whether it is unusual or malformed; [decodeChunk] then
// decides. Where it reports true, decodeChunk would have found the same (there is a
// fuzz test), only some ten times more slowly.
//
// encoding/json matches names in any case of letters and lets the last of several
// equal names win. So unknown names and repeated ones end the scan.
func scanDelta(data []byte) (text, thought piece, ok bool) {
	s := scanner{data: data}
	if !s.answer() || !s.atEnd() || !s.seen.delta {
		return "", "", false
	}
	return s.text, or(s.reasoningContent, s.reasoning), true
}

// A scanner walks over a chunk. Its methods report false when the chunk is not of
// the common kind.
type scanner struct {
	data []byte
	i    int

	text, reasoningContent, reasoning piece

	seen struct{ choices, delta, content, reasoningContent, reasoning bool }
}

// answer scans the chunk itself.
func (s *scanner) answer() bool {
	return s.object(func(name []byte) bool {
		switch string(name) {
		case "choices":
			return first(&s.seen.choices) && s.byte('[') && s.choice() && s.byte(']')
		case "id", "object", "created", "model", "system_fingerprint", "service_tier", "provider", "obfuscation":
			return s.scalar()
		case "usage", "error":
			return s.null()
		}
		return false
	})
}

func (s *scanner) choice() bool {
	return s.object(func(name []byte) bool {
		switch string(name) {
		case "index":
			return s.byte('0')
		case "delta":
			return first(&s.seen.delta) && s.delta()
		case "finish_reason", "logprobs", "usage":
			return s.null()
		case "native_finish_reason", "stop_reason", "matched_stop", "token_ids":
			return s.null()
		}
		return false
	})
}

func (s *scanner) delta() bool {
	return s.object(func(name []byte) bool {
		switch string(name) {
		case "content":
			return first(&s.seen.content) && s.stringOrNull(&s.text)
		case "reasoning_content":
			return first(&s.seen.reasoningContent) && s.stringOrNull(&s.reasoningContent)
		case "reasoning":
			return first(&s.seen.reasoning) && s.stringOrNull(&s.reasoning)
		case "role":
			return s.scalar()
		case "tool_calls", "function_call", "refusal", "audio", "reasoning_details", "annotations", "images":
			return s.null()
		}
		return false
	})
}

// first sets seen and reports whether it was not set before.
func first(seen *bool) bool {
	again := *seen
	*seen = true
	return !again
}

// object scans an object, calling member for each name with the scanner before the
// value.
func (s *scanner) object(member func(name []byte) bool) bool {
	if !s.byte('{') {
		return false
	}
	if s.byte('}') {
		return true
	}
	for {
		name, ok := s.plainString()
		if !ok || !s.byte(':') || !member(name) {
			return false
		}
		if !s.byte(',') {
			return s.byte('}')
		}
	}
}

// byte consumes b after white space.
func (s *scanner) byte(b byte) bool {
	s.space()
	if s.i < len(s.data) && s.data[s.i] == b {
		s.i++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.i < len(s.data) {
		switch s.data[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scanner) atEnd() bool {
	s.space()
	return s.i == len(s.data)
}

func (s *scanner) null() bool {
	s.space()
	if len(s.data)-s.i < 4 || string(s.data[s.i:s.i+4]) != "null" {
		return false
	}
	s.i += 4
	return true
}

// scalar skips a plain string, null or a whole number.
func (s *scanner) scalar() bool {
	s.space()
	if s.i == len(s.data) {
		return false
	}
	switch b := s.data[s.i]; {
	case b == '"':
		_, ok := s.plainString()
		return ok
	case b == 'n':
		return s.null()
	case b >= '1' && b <= '9':
		for s.i < len(s.data) && s.data[s.i] >= '0' && s.data[s.i] <= '9' {
			s.i++
		}
		return true
	}
	return false
}

// plainString consumes a string without escapes and returns its inside.
func (s *scanner) plainString() ([]byte, bool) {
	if !s.byte('"') {
		return nil, false
	}
	for i := s.i; i < len(s.data); i++ {
		switch b := s.data[i]; {
		case b == '"':
			inside := s.data[s.i:i]
			s.i = i + 1
			return inside, true
		case b == '\\', b < ' ':
			return nil, false
		}
	}
	return nil, false
}

// stringOrNull consumes a string into dst. A string with escapes or invalid UTF-8
// goes through [unquote].
func (s *scanner) stringOrNull(dst *piece) bool {
	s.space()
	start := s.i
	if inside, ok := s.plainString(); ok && utf8.Valid(inside) {
		*dst = piece(inside)
		return true
	}
	if s.i = start; s.null() {
		return true
	}
	if !s.skipString() {
		return false
	}
	decoded, err := unquote(s.data[start:s.i])
	*dst = piece(decoded)
	return err == nil
}

// skipString consumes a string with escapes, which are not checked.
func (s *scanner) skipString() bool {
	if !s.byte('"') {
		return false
	}
	for ; s.i < len(s.data); s.i++ {
		switch s.data[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return true
		}
	}
	return false
}
