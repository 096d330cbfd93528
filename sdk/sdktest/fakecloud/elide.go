package fakecloud

import "bytes"

// elideFrom is the length from which a string without spaces is taken for data.
const elideFrom = 64 << 10

// elideData empties the string literals of a JSON text that hold long data, such
// as pictures in base64: nobody here reads them, and decoding 20 MB several times
// over would be most of a test's time.
func elideData(text []byte) []byte {
	if len(text) < elideFrom {
		return text
	}
	var out []byte
	for {
		begin := bytes.IndexByte(text, '"') + 1
		length := literal(text[begin:])
		if begin == 0 || length < 0 {
			return append(out, text...)
		}
		out = append(out, text[:begin]...)
		if content := text[begin : begin+length]; length < elideFrom || bytes.IndexByte(content, ' ') >= 0 {
			out = append(out, content...)
		}
		out = append(out, '"')
		text = text[begin+length+1:]
	}
}

// literal returns the length of the string literal that text begins with, after
// its opening quote; -1 if it does not end.
func literal(text []byte) int {
	for end := 0; ; end++ {
		i := bytes.IndexByte(text[end:], '"')
		if i < 0 {
			return -1
		}
		end += i
		before := bytes.TrimRight(text[:end], `\`)
		if (end-len(before))%2 == 0 {
			return end
		}
	}
}
