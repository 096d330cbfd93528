package render

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/qwen-cli/qwen/sdk"
)

// ErrorText returns err as people read it: a headline that names who failed, and
// the hint, if there is one, on a line of its own. Everything that somebody else
// may have written goes through clean; nil is as in [Options.Clean].
func ErrorText(err error, clean func(string) string) string {
	headline, hint := ErrorLines(err, clean)
	s := "qwen: " + headline + "\n"
	if hint != "" {
		s += "hint: " + hint + "\n"
	}
	return s
}

// ErrorLines returns the two parts of [ErrorText]; there may be no hint.
func ErrorLines(err error, clean func(string) string) (headline, hint string) {
	if clean == nil {
		clean = printable
	}
	e := sdk.AsError(err)
	return who(e, clean) + clean(message(e)) + details(e, clean), clean(e.Hint)
}

// who names the provider and its host: "openai (api.openai.com): ".
func who(e *sdk.Error, clean func(string) string) string {
	provider, host := clean(e.Provider), clean(e.Host)
	switch {
	case provider == "" && host == "":
		return ""
	case host == "":
		return provider + ": "
	case provider == "":
		return host + ": "
	}
	return provider + " (" + host + "): "
}

func message(e *sdk.Error) string {
	if e.Message == "" {
		return strings.ReplaceAll(string(e.Kind), "_", " ")
	}
	return e.Message
}

// details are the field at fault, what support asks for, and when to try again:
// " (HTTP 429, request ID req_1, try again in 20s)".
func details(e *sdk.Error, clean func(string) string) string {
	var list []string
	if e.Status != 0 {
		list = append(list, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Field != "" {
		list = append(list, "field "+clean(e.Field))
	}
	if e.RequestID != "" {
		list = append(list, "request ID "+clean(e.RequestID))
	}
	if e.RetryAfter > 0 {
		list = append(list, fmt.Sprintf("try again in %v", e.RetryAfter.Round(time.Second)))
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// printable makes s a single line of visible characters.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
