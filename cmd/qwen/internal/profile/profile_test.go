package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

func login(provider, endpoint, name string) credstore.ID {
	return credstore.ID{Provider: provider, Endpoint: endpoint, Name: name}
}

const (
	openAI     = "https://api.openai.com/v1"
	openRouter = "https://openrouter.ai/api/v1"
)

func TestNamesAreShortAndUnique(t *testing.T) {
	for _, test := range []struct {
		name string
		ids  []credstore.ID
		want []string
	}{
		{"one of each", []credstore.ID{login("openai", openAI, "default"), login("qwen-oauth", "", "default")},
			[]string{"openai", "qwen-oauth"}},
		{"profiles", []credstore.ID{login("openai", openAI, "home"), login("openai", openAI, "work")},
			[]string{"home", "work"}},
		{"endpoints", []credstore.ID{login("openai", openAI, "default"), login("openai", openRouter, "default")},
			[]string{"openai@api.openai.com", "openai@openrouter.ai"}},
		{"one profile name at two providers", []credstore.ID{login("coding-plan", "", "work"), login("openai", openAI, "work")},
			[]string{"coding-plan/work", "openai/work"}},
		{"a profile named like a provider", []credstore.ID{login("openai", openAI, "default"), login("qwen-oauth", "", "openai")},
			[]string{"openai/default", "qwen-oauth/openai"}},
		{"two paths at one host", []credstore.ID{login("openai", "http://h/a", "default"), login("openai", "http://h/b", "default")},
			[]string{"openai/default@http://h/a", "openai/default@http://h/b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Names(test.ids)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			for i, name := range got {
				if id, err := Pick(test.ids, name); err != nil || id != test.ids[i] {
					t.Errorf("Pick(%q) = %v, %v", name, id, err)
				}
			}
		})
	}
}

func TestPickSaysWhatThereIs(t *testing.T) {
	ids := []credstore.ID{login("openai", openAI, "default"), login("openai", openRouter, "default")}
	for name, want := range map[string]string{
		"openai": "openai@api.openai.com, openai@openrouter.ai",
		"nobody": "There are: ",
	} {
		_, err := Pick(ids, name)
		if err == nil || !strings.Contains(sdk.AsError(err).Hint, want) {
			t.Errorf("%s: %v, hint %q", name, err, sdk.AsError(err).Hint)
		}
	}
	if _, err := Pick(nil, "work"); sdk.KindOf(err) != sdk.KindUnauthenticated {
		t.Errorf("without logins: %v", err)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"work": true, "a.b-c_D9": true,
		"": false, "a b": false, "a/b": false, "a@b": false, "é": false, strings.Repeat("x", 65): false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v", name, err)
		}
	}
}

func TestStateRemembers(t *testing.T) {
	s := NewState(filepath.Join(t.TempDir(), "new", ".qwen"))
	if _, ok, err := s.Current(); ok || err != nil {
		t.Errorf("without a file: %v, %v", ok, err)
	}
	want := Connection{login("openai", openAI, "work"), "KEY"}
	if err := s.SetCurrent(want); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := s.Current(); !ok || err != nil || got != want {
		t.Errorf("%v, %v, %v", got, ok, err)
	}
	if info, err := os.Stat(s.Path()); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := s.Forget(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Current(); ok || err != nil {
		t.Errorf("after Forget: %v, %v", ok, err)
	}
	if left, _ := filepath.Glob(s.Path() + ".tmp.*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStateKeepsUnknownFields(t *testing.T) {
	s := NewState(t.TempDir())
	write(t, s, `{"from_the_future": {"n": 12345678901234567890}}`)
	if err := s.SetCurrent(Connection{ID: login("openai", "", "")}); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(s.Path())
	if !strings.Contains(string(data), "12345678901234567890") {
		t.Errorf("lost a field: %s", data)
	}
}

func TestDamagedStateIsLeftAlone(t *testing.T) {
	for _, content := range []string{"", "null", "[]", `{"current": 7}`, `{"current"`, strings.Repeat(" ", maxState+1) + "{}"} {
		s := NewState(t.TempDir())
		write(t, s, content)
		if _, _, err := s.Current(); err == nil {
			t.Errorf("%.20q was read", content)
		}
		if content == `{"current": 7}` {
			continue // it may be replaced: the rest of the file makes sense
		}
		if err := s.SetCurrent(Connection{ID: login("openai", "", "")}); err == nil {
			t.Errorf("%.20q was replaced", content)
		}
		if data, _ := os.ReadFile(s.Path()); string(data) != content {
			t.Errorf("%.20q was changed", content)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"current":{"provider":"openai"}}`))
	f.Add([]byte("\ufeff{}"))
	f.Add([]byte(`{"current":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := NewState(t.TempDir())
		write(t, s, string(data))
		if id, ok, err := s.Current(); ok && (err != nil || id.Provider == "") {
			t.Errorf("%v, %v", id, err)
		}
	})
}

func write(t *testing.T, s *State, content string) {
	t.Helper()
	if err := os.WriteFile(s.Path(), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
