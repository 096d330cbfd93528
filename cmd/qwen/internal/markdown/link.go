package markdown

import (
	"fmt"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// maxURL is how long a link's target may be; terminals have a limit near it.
const maxURL = 2000

// maxTarget is how much is shown of a target that is no link, such as an image in a
// data URL.
const maxTarget = 40

// linkURL returns the URL that a link to the target has, "" if none is made: the
// person who clicks opens a web page or writes a mail, and nothing else.
func linkURL(target string) string {
	if !isWeb(target) || len(target) > maxURL || term.CleanLine(target) != target {
		return ""
	}
	var b strings.Builder
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isWeb(target string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if n := len(scheme); len(target) > n && strings.EqualFold(target[:n], scheme) {
			return true
		}
	}
	return false
}

// saysTarget reports whether the text of a link is its target, give or take what goes
// without saying.
func saysTarget(label, target string) bool {
	if label == target {
		return true
	}
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if rest, ok := strings.CutPrefix(target, scheme); ok {
			target = rest
			break
		}
	}
	return strings.TrimSuffix(label, "/") == strings.TrimSuffix(target, "/")
}

// shorten cuts a target that is not for reading.
func shorten(target string) string {
	if isWeb(target) || len(target) <= maxTarget {
		return target
	}
	return target[:maxTarget-cutOff([]byte(target[:maxTarget]))] + "…"
}
