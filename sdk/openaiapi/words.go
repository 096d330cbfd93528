package openaiapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// refine completes an error with what only the service's words tell: how long the
// conversation was and how long it may be, which field was wrong, when to come
// back; and with the next step, if nothing has named one yet.
func refine(e *sdk.Error, words string) {
	words = strings.ToLower(words)
	switch e.Kind {
	case sdk.KindContextLength:
		refineLength(e, words)
	case sdk.KindInvalidRequest:
		e.Field = or(e.Field, fieldIn(words))
		if e.Field != "" && e.Hint == "" {
			e.Hint = fmt.Sprintf("Change %q, or leave it out.", e.Field)
		}
	case sdk.KindQuota, sdk.KindRateLimit, sdk.KindOverloaded:
		e.RetryAfter = comeBackIn(words, time.Now())
	}
	e.Hint = or(e.Hint, hintOfKind(e.Kind))
}

// refineLength says size and limit where the words have them.
func refineLength(e *sdk.Error, words string) {
	const plain = "the conversation is too long for the model"
	size, limit := numberAfter(words, sizeWords), numberAfter(words, limitWords)
	numbers := ""
	switch {
	case size > 0 && limit > 0:
		numbers = fmt.Sprintf(": %d tokens, and %d fit", size, limit)
	case limit > 0:
		numbers = fmt.Sprintf(": %d tokens fit", limit)
	}
	if rest, ok := strings.CutPrefix(e.Message, plain); ok {
		e.Message = plain + numbers + rest // by a dialect's rule
		return
	}
	e.Message = explained(plain+numbers, e.Message)
}

// limitWords and sizeWords are followed by the number of tokens that a model takes
// and by that of the conversation. What is more telling comes first.
var (
	limitWords = []string{
		"maximum context length is ",        // OpenAI, vLLM, DeepSeek, OpenRouter
		"input length should be [1, ",       // DashScope
		"token length exceed model limit (", // DashScope
		"available context size (",          // llama.cpp
		"exceeded model token limit: ",      // Kimi
		"tokens > ",                         // Anthropic: "prompt is too long: 202095 tokens > 200000 maximum"
		"too large for model with ",         // Mistral
		"number of tokens allowed (",        // Gemini
	}
	sizeWords = []string{
		"for a total of at least ", // vLLM
		"resulted in ",             // OpenAI
		"you requested about ",     // OpenRouter
		"you requested ",           // OpenAI, vLLM, DeepSeek
		"prompt is too long: ",     // Anthropic
		"prompt contains ",         // Mistral
		"input token count (",      // Gemini
		"request (",                // llama.cpp
	}
)

// numberAfter returns the number that follows the first of the given words that
// are there, 0 for none.
func numberAfter(text string, words []string) int64 {
	for _, w := range words {
		_, rest, ok := strings.Cut(text, w)
		if !ok {
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != ',' })
		if end < 0 {
			end = len(rest)
		}
		if n, err := strconv.ParseInt(strings.ReplaceAll(rest[:end], ",", ""), 10, 64); err == nil {
			return n
		}
	}
	return 0
}

// fieldIn returns the request field that the words complain about, "" if they name
// none in a way that is known.
func fieldIn(words string) string {
	for _, before := range []string{
		"unsupported parameter: '",                 // OpenAI
		"unknown parameter: '",                     // OpenAI
		"missing required parameter: '",            // OpenAI
		"invalid value for '",                      // OpenAI
		"invalid type for '",                       // OpenAI
		"invalid '",                                // OpenAI
		"unsupported value: '",                     // OpenAI
		"unrecognized request argument supplied: ", // OpenAI
		"field required: ",                         // DashScope
		"required parameter(",                      // DashScope
		"required parameter \"",                    // DashScope
		"parameter.",                               // DashScope: "parameter.enable_thinking must be set to false"
	} {
		if _, rest, ok := strings.Cut(words, before); ok && identifier(rest) != "" {
			return identifier(rest)
		}
	}
	// DashScope: "Range of max_tokens should be [1, 8192]", "'temperature' must be
	// Float", "The thinking_budget parameter must be a positive integer".
	for _, after := range []string{" should be [", " should be (", " should be in [", " should be greater than ", "' must be ", " parameter must be "} {
		if before, _, ok := strings.Cut(words, after); ok {
			return identifier(strings.Trim(before[strings.LastIndexByte(before, ' ')+1:], `"'`))
		}
	}
	return ""
}

// identifier returns the name that s begins with, such as messages[0].content.
func identifier(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("_.-[]", r)
	})
	if end >= 0 {
		s = s[:end]
	}
	if s = strings.TrimRight(s, ".-["); len(s) > 60 {
		return ""
	}
	return s
}

// comeBackIn returns how long to wait by the service's words, 0 if they do not
// say: "Please try again in 7m12.5s.", "retry after 26 seconds", "Your limit will
// reset at 2026-03-06 22:19:54".
func comeBackIn(words string, now time.Time) time.Duration {
	for _, before := range []string{"try again in ", "retry in ", "retry after ", "try again after "} {
		if _, rest, ok := strings.Cut(words, before); ok {
			if d := durationIn(rest); d > 0 {
				return d
			}
		}
	}
	for _, before := range []string{"reset at ", "resets at ", "reset on "} {
		if _, rest, ok := strings.Cut(words, before); ok {
			if at, ok := timeIn(rest); ok {
				return clampRetry(at.Sub(now).Seconds())
			}
		}
	}
	return 0
}

// durationIn reads the duration that s begins with: "20s", "1m26.4s", "6ms",
// "26 seconds", "1 hour 30 minutes". Without one it returns 0.
func durationIn(s string) time.Duration {
	var seconds float64
	for {
		s = strings.TrimLeft(s, " ")
		end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			return clampRetry(seconds)
		}
		n, err := strconv.ParseFloat(s[:end], 64)
		s = strings.TrimLeft(s[end:], " ")
		unitEnd := strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
		if unitEnd < 0 {
			unitEnd = len(s)
		}
		unit := secondsIn(s[:unitEnd])
		if err != nil || unit == 0 {
			return clampRetry(seconds)
		}
		seconds += n * unit
		s = s[unitEnd:]
	}
}

// secondsIn returns the seconds of a unit of time, 0 if it is none.
func secondsIn(unit string) float64 {
	switch unit {
	case "ms", "milliseconds":
		return 0.001
	case "s", "sec", "secs", "second", "seconds":
		return 1
	case "m", "min", "mins", "minute", "minutes":
		return 60
	case "h", "hour", "hours":
		return 60 * 60
	case "d", "day", "days":
		return 24 * 60 * 60
	}
	return 0
}

// beijing is the zone of times without one: only services from there are known to
// send such. China has had no summer time since 1991.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// timeIn reads the time that s, in lower case, begins with: RFC 3339, or a date
// and a time with a blank between them and perhaps a zone.
func timeIn(s string) (time.Time, bool) {
	const layout = "2006-01-02 15:04:05"
	if len(s) < len(layout) {
		return time.Time{}, false
	}
	zone := zoneIn(s[len(layout):])
	at, err := time.ParseInLocation(layout, strings.Replace(s[:len(layout)], "t", " ", 1), zone)
	return at, err == nil
}

// zoneIn reads the zone after a time: "z", " utc", " (utc+8)", ".000+08:00",
// " +0800".
func zoneIn(s string) *time.Location {
	s = strings.TrimLeft(s, ".0123456789") // of the second
	s = strings.TrimLeft(s, " (")
	named := false
	for _, name := range []string{"utc", "gmt", "z"} {
		if rest, ok := strings.CutPrefix(s, name); ok {
			s, named = rest, true
			break
		}
	}
	if s == "" || s[0] != '+' && s[0] != '-' {
		if named {
			return time.UTC
		}
		return beijing
	}
	digits := strings.ReplaceAll(s[1:min(len(s), 6)], ":", "")
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return beijing
	}
	if len(digits) > 2 {
		n = n/100*60 + n%100
	} else {
		n *= 60
	}
	if s[0] == '-' {
		n = -n
	}
	return time.FixedZone("", n*60)
}
