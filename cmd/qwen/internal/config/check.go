package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// checked checks the text of a value against the type of its key and brings it
// into canonical form.
func checked(k Key, v Value) (Value, error) {
	if !v.IsSet() {
		return v, nil
	}
	if v.Text == "" && v.List == nil {
		if k.Empty {
			return v, nil
		}
		return v, invalid(k, v, "is empty")
	}
	text, problem := k.canonical(v)
	if problem != "" {
		return v, invalid(k, v, problem)
	}
	v.Text = text
	return v, nil
}

// invalid is the error for a value.
func invalid(k Key, v Value, problem string) error {
	e := &Error{Source: v.Source, Key: k.Name, Problem: problem}
	if len(k.Enum) > 0 {
		e.Next = oneOf(k.Enum)
	}
	return e
}

// canonical returns the canonical text of a value, or what is wrong with it. A
// problem quotes what was given only where that cannot be a secret.
func (k Key) canonical(v Value) (text, problem string) {
	if k.Secret {
		return cleanSecret(v.Text)
	}
	if len(k.Enum) > 0 && !slices.Contains(k.Enum, v.Text) {
		return "", fmt.Sprintf("%q is not possible", v.Text)
	}
	if k.Name == KeyProxy {
		return canonicalProxy(v.Text)
	}
	switch k.Type {
	case TypeBool:
		b, err := parseBool(v.Text)
		return strconv.FormatBool(b), problemIf(err, "must be true or false")
	case TypeInt:
		n, err := strconv.ParseInt(v.Text, 10, 64)
		return v.Text, firstProblem(problemIf(err, "must be a whole number"), k.outOfBounds(float64(n)))
	case TypeFloat:
		f, err := strconv.ParseFloat(v.Text, 64)
		return v.Text, firstProblem(problemIf(err, "must be a number"), k.outOfBounds(f))
	case TypeDuration:
		d, err := time.ParseDuration(v.Text)
		return d.String(), firstProblem(problemIf(err, "must be a duration such as 90s or 2m"), k.outOfBounds(d.Seconds()))
	case TypeURL:
		return canonicalURL(v.Text)
	case TypeList:
		return listText(v), ""
	}
	return v.Text, ""
}

// parseBool also understands what is written on switches.
func parseBool(text string) (bool, error) {
	switch text {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return strconv.ParseBool(text)
}

func problemIf(err error, problem string) string {
	if err != nil {
		return problem
	}
	return ""
}

func firstProblem(problems ...string) string {
	for _, p := range problems {
		if p != "" {
			return p
		}
	}
	return ""
}

// outOfBounds checks a number against the bounds of its key. NaN is outside.
func (k Key) outOfBounds(f float64) string {
	switch {
	case k.Min != nil && !(f >= *k.Min):
		return fmt.Sprintf("must be at least %g", *k.Min)
	case k.Max != nil && !(f <= *k.Max):
		return fmt.Sprintf("must be at most %g", *k.Max)
	}
	return ""
}

// cleanSecret removes what pasting adds to a key, and refuses what no key holds:
// a control character in a header would end it.
func cleanSecret(text string) (string, string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", "is empty"
	}
	for _, r := range text {
		if r > unicode.MaxASCII || unicode.IsControl(r) || unicode.IsSpace(r) {
			return "", "is not a key: there is white space, a control character or a letter outside ASCII in it"
		}
	}
	return text, ""
}

// listText shows a list the way JSON writes it.
func listText(v Value) string {
	if v.List == nil {
		return v.Text
	}
	b, err := json.Marshal(v.List)
	if err != nil { // strings always marshal
		return strings.Join(v.List, ",")
	}
	return string(b)
}
