package fakecloud

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestElideData(t *testing.T) {
	data := strings.Repeat("A", elideFrom)
	prose := strings.Repeat("word ", elideFrom)
	for in, want := range map[string]string{
		`{"a":"` + data + `","b":"c"}`:          `{"a":"","b":"c"}`,
		`{"a":"` + prose + `","b":"\\"}`:        `{"a":"` + prose + `","b":"\\"}`,
		`["\"` + data + `\\\"","` + data + `"]`: `["",""]`,
		`["` + data:                             `["` + data,
		`{"a":1}`:                               `{"a":1}`,
	} {
		if got := string(elideData([]byte(in))); got != want {
			t.Errorf("%.40q…: got %.40q…, want %.40q…", in, got, want)
		}
	}
}

func FuzzElideData(f *testing.F) {
	f.Add(`{"a\"b":"c\\"}`)
	f.Add(`["`)
	f.Fuzz(func(t *testing.T, s string) {
		padded := `["` + strings.Repeat("x", elideFrom) + `",` + s + `]`
		if got := elideData([]byte(padded)); json.Valid([]byte(padded)) && !json.Valid(got) {
			t.Errorf("%q is no longer JSON", s)
		}
	})
}
