package credstore

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

func oauthCredential() *sdk.Credential {
	return &sdk.Credential{
		Kind:         sdk.CredentialOAuth,
		Secret:       "access-1",
		RefreshToken: "refresh-1",
		TokenType:    "Bearer",
		Endpoint:     "portal.qwen.ai",
		Expiry:       time.UnixMilli(1767225600123),
	}
}

func apiKey(key string) *sdk.Credential {
	return &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}
}

// diff compares credentials with their secrets, which cmp would see redacted.
func diff(want, got *sdk.Credential) string {
	type plain struct {
		C               sdk.Credential
		Secret, Refresh string
	}
	return cmp.Diff(plain{*want, want.Secret.Reveal(), want.RefreshToken.Reveal()},
		plain{*got, got.Secret.Reveal(), got.RefreshToken.Reveal()})
}

// newFile returns a store in a new directory of the right mode.
func newFile(t *testing.T) *File {
	return NewFile(filepath.Join(t.TempDir(), ".qwen"))
}

func mustPut(t *testing.T, s Store, id ID, c *sdk.Credential) []Note {
	t.Helper()
	notes, err := s.Put(t.Context(), id, c)
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

func mustGet(t *testing.T, s Store, id ID) *sdk.Credential {
	t.Helper()
	c, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustPath(t *testing.T, f *File, id ID) string {
	t.Helper()
	path, err := f.Path(id)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStores(t *testing.T) {
	stores := map[string]Store{
		"file":   NewFile(filepath.Join(t.TempDir(), "not", "there", "yet")),
		"memory": NewMemory(),
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) { testStore(t, store) })
	}
}

func testStore(t *testing.T, s Store) {
	if ids, err := s.List(t.Context()); err != nil || len(ids) != 0 {
		t.Fatalf("List of an empty store: %v, %v", ids, err)
	}
	ids := []ID{
		{Provider: "openai", Name: "Work"},
		{Provider: "openai", Name: "default"},
		{Provider: "openai", Name: "default", Endpoint: "https://openrouter.ai/api/v1"},
		{Provider: "openai", Name: "work"},
		{Provider: "qwen-oauth", Name: "ann@example.com"},
		{Provider: "qwen-oauth", Name: "default"},
	}
	for _, id := range ids {
		if _, err := s.Get(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Get(%v) before Put: %v", id, err)
		}
		c := oauthCredential()
		c.Secret = sdk.Secret("token of " + id.String())
		mustPut(t, s, id, c)
	}
	for _, id := range ids {
		if got := mustGet(t, s, id).Secret.Reveal(); got != "token of "+id.String() {
			t.Errorf("Get(%v) = %q", id, got)
		}
	}
	got, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(ids, got); d != "" {
		t.Errorf("List (-want +got):\n%s", d)
	}
	for _, id := range ids {
		if err := s.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
		if err := s.Delete(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("second Delete(%v): %v", id, err)
		}
	}
}

func TestEndpointSpellingsAreOneConnection(t *testing.T) {
	f := newFile(t)
	mustPut(t, f, ID{Provider: "openai", Endpoint: "HTTPS://OpenRouter.AI/api/v1/"}, apiKey("k"))
	mustGet(t, f, ID{Provider: "openai", Endpoint: "https://openrouter.ai/api/v1", Name: "default"})
}

func TestSharedFileFormat(t *testing.T) {
	f := newFile(t)
	mustPut(t, f, ID{Provider: "qwen-oauth"}, oauthCredential())
	got, err := os.ReadFile(filepath.Join(f.root, "oauth_creds.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "access_token": "access-1",
  "refresh_token": "refresh-1",
  "token_type": "Bearer",
  "resource_url": "portal.qwen.ai",
  "expiry_date": 1767225600123
}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("oauth_creds.json (-want +got):\n%s", d)
	}
	if d := diff(oauthCredential(), mustGet(t, f, ID{Provider: "qwen-oauth"})); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

func TestSharedFileHoldsNoKeys(t *testing.T) {
	if _, err := newFile(t).Put(t.Context(), ID{Provider: "qwen-oauth"}, apiKey("k")); err == nil {
		t.Error("an API key was written to oauth_creds.json")
	}
}

func TestUnknownFieldsSurvive(t *testing.T) {
	f := newFile(t)
	path := mustPath(t, f, ID{Provider: "qwen-oauth"})
	content := `{"expiry_date":1767225600123,"future":{"b":[1,2.50],"a":null},"big":12345678901234567890,` +
		`"access_token":"a","refresh_token":"r","token_type":"Bearer","Access_Token":"not ours"}`
	writeFile(t, path, content)
	c := mustGet(t, f, ID{Provider: "qwen-oauth"})
	c.Secret = "renewed"
	mustPut(t, f, ID{Provider: "qwen-oauth"}, c)

	got, _ := os.ReadFile(path)
	for _, want := range []string{`"big": 12345678901234567890`, `2.50`, `"a": null`, `"Access_Token": "not ours"`, `"access_token": "renewed"`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

func TestExtraThatCannotBeWritten(t *testing.T) {
	f := newFile(t)
	c := apiKey("secret-key")
	c.Extra = map[string]json.RawMessage{
		"access_token": json.RawMessage(`"x"`),
		"broken":       json.RawMessage(`{"a":`),
		"empty":        nil,
		"kept":         json.RawMessage(`7`),
	}
	notes := mustPut(t, f, ID{Provider: "p"}, c)
	if len(notes) != 3 {
		t.Errorf("notes: %q", notes)
	}
	want := apiKey("secret-key")
	want.Extra = map[string]json.RawMessage{"kept": json.RawMessage(`7`)}
	if d := diff(want, mustGet(t, f, ID{Provider: "p"})); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

var damagedFiles = []struct {
	name, content, problem string
}{
	{"empty", "", "it is empty"},
	{"white space", " \r\n\t", "it is empty"},
	{"only a BOM", "\xef\xbb\xbf", "it is empty"},
	{"null", "null", "null instead of an object"},
	{"list", `["sEcReT"]`, "does not hold a JSON object"},
	{"string", `"sEcReT"`, "does not hold a JSON object"},
	{"truncated", "{\n  \"access_token\": \"sEcR", "it ends in the middle"},
	{"truncated after a value", `{"access_token": "sEcReT"`, "it ends in the middle"},
	{"bad syntax", "{\n  \"access_token\": \"sEcReT\",\n  sEcReT\n}", "line 3 is not valid JSON"},
	{"two objects", "{\"access_token\": \"sEcReT\"}\n{\"a\":1}", "line 2 is not valid JSON"},
	{"HTML", "<html>sEcReT</html>", "line 1 is not valid JSON"},
	{"UTF-16", "\xff\xfe{\x00}\x00", "not UTF-8"},
	{"token is a number", `{"access_token": 5}`, "access_token is a number instead of a string"},
	{"token is null", `{"access_token": null, "refresh_token": "sEcReT"}`, "access_token is null instead of a string"},
	{"token is a list", `{"access_token": ["sEcReT"]}`, "access_token is a list instead of a string"},
	{"refresh token is an object", `{"access_token": "a", "refresh_token": {"x":"sEcReT"}}`, "refresh_token is an object instead of a string"},
	{"endpoint is a boolean", `{"access_token": "sEcReT", "resource_url": true}`, "resource_url is true or false instead of a string"},
	{"expiry is a string", `{"access_token": "sEcReT", "expiry_date": "1767225600123"}`, "expiry_date is a string instead of a number"},
	{"expiry is null", `{"access_token": "sEcReT", "expiry_date": null}`, "expiry_date is null instead of a number"},
	{"expiry is negative", `{"access_token": "sEcReT", "expiry_date": -1}`, "expiry_date is not a time"},
	{"expiry is huge", `{"access_token": "sEcReT", "expiry_date": 1e300}`, "expiry_date is not a time"},
	{"expiry is beyond numbers", `{"access_token": "sEcReT", "expiry_date": 1e999}`, "expiry_date is not a time"},
	{"empty key, for nobody in particular", `{"api_key": ""}`, "it has no access_token"},
	{"no token", `{"refresh_token": "sEcReT"}`, "it has no access_token"},
	{"empty token", `{"access_token": "", "refresh_token": "sEcReT"}`, "it has no access_token"},
	{"key and token", `{"access_token": "sEcReT", "api_key": "sEcReT"}`, "both api_key and access_token"},
	{"too large", strings.Repeat(" ", maxFileSize+1), "larger than 1 MiB"},
}

func TestDamagedFilesAreReportedAndKept(t *testing.T) {
	for _, id := range []ID{{Provider: "qwen-oauth"}, {Provider: "openai", Name: "work"}} {
		for _, test := range damagedFiles {
			t.Run(id.Provider+"/"+test.name, func(t *testing.T) { testDamaged(t, id, test.content, test.problem) })
		}
	}
}

func testDamaged(t *testing.T, id ID, content, problem string) {
	f := newFile(t)
	path := mustPath(t, f, id)
	writeFile(t, path, content)
	_, getErr := f.Get(t.Context(), id)
	_, putErr := f.Put(t.Context(), id, oauthCredential())
	for what, err := range map[string]error{"Get": getErr, "Put": putErr} {
		if !errors.Is(err, ErrDamaged) || sdk.KindOf(err) != sdk.KindConfig {
			t.Fatalf("%s: %v, want ErrDamaged", what, err)
		}
		if msg := err.Error(); !strings.Contains(msg, path) || !strings.Contains(msg, problem) || strings.Contains(msg, "sEcR") {
			t.Errorf("%s: %q, want the path and %q and no secret", what, msg, problem)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != content {
		t.Errorf("the damaged file was changed to %q", got)
	}
	if ids, err := f.List(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("List: %v, %v; want the damaged one in it", ids, err)
	}
	if err := f.Delete(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func TestHarmlessOddities(t *testing.T) {
	want := &sdk.Credential{Kind: sdk.CredentialOAuth, Secret: "a", Expiry: time.UnixMilli(1767225600123)}
	for name, content := range map[string]string{
		"BOM":              "\xef\xbb\xbf" + `{"access_token":"a","expiry_date":1767225600123}`,
		"CRLF":             "{\r\n\"access_token\": \"a\",\r\n\"expiry_date\": 1767225600123\r\n}\r\n",
		"fractions":        `{"access_token":"a","expiry_date":1767225600123.75}`,
		"exponent":         `{"access_token":"a","expiry_date":1.767225600123e12}`,
		"escaped":          `{"access_token":"\u0061","expiry_date":1767225600123}`,
		"trailing newline": `{"access_token":"a","expiry_date":1767225600123}` + "\n",
	} {
		c, err := decode([]byte(content))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := diff(want, c); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestWhatCannotBeStored(t *testing.T) {
	for name, c := range map[string]*sdk.Credential{
		"nil":          nil,
		"no secret":    {Kind: sdk.CredentialOAuth},
		"no kind":      {Secret: "s"},
		"unknown kind": {Kind: "smartcard", Secret: "s"},
	} {
		for _, s := range []Store{newFile(t), NewMemory()} {
			if _, err := s.Put(t.Context(), ID{Provider: "p"}, c); err == nil {
				t.Errorf("%s: stored in %T", name, s)
			}
		}
	}
}

func TestLeftoversOfInterruptedWrites(t *testing.T) {
	f := newFile(t)
	id := ID{Provider: "qwen-oauth"}
	mustPut(t, f, id, oauthCredential())
	old := filepath.Join(f.root, "oauth_creds.json.tmp.1f0c9d0e-7b1c-4f0e-9d51-0a8b7c6d5e4f")
	young := filepath.Join(f.root, "oauth_creds.json.tmp.4711")
	other := filepath.Join(f.root, "oauth_creds.json.tmp.notes")
	for _, path := range []string{old, young, other} {
		writeFile(t, path, "secret")
	}
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(old, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}

	mustPut(t, f, id, oauthCredential())
	if exists(old) || !exists(young) {
		t.Errorf("after Put: old leftover there: %t, young one there: %t", exists(old), exists(young))
	}
	if err := f.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if exists(young) || !exists(other) {
		t.Errorf("after Delete: young leftover there: %t, foreign file there: %t", exists(young), exists(other))
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func FuzzDecode(f *testing.F) {
	for _, test := range damagedFiles {
		if len(test.content) < 1000 {
			f.Add([]byte(test.content))
		}
	}
	f.Add([]byte(`{"access_token":"a","refresh_token":"r","token_type":"Bearer","resource_url":"u","expiry_date":1,"x":[1e5]}`))
	f.Add([]byte("\xef\xbb\xbf{\"api_key\": \"k\", \"account\": \"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decode(data)
		if err != nil {
			return
		}
		written, notes, err := encode(c)
		if err != nil || len(notes) > 0 {
			t.Fatalf("what was read cannot be written: %v, %q", err, notes)
		}
		again, err := decode(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		rewritten, _, err := encode(again)
		if err != nil || string(rewritten) != string(written) {
			t.Fatalf("a rewrite changed the file (%v):\n%s\n%s", err, written, rewritten)
		}
	})
}

// A server on one's own machine asks for no key; its login says where it is.
func TestLoginWithoutAKey(t *testing.T) {
	f, id := newFile(t), ID{Provider: "openai", Endpoint: "http://localhost:11434/v1"}
	mustPut(t, f, id, &sdk.Credential{Kind: sdk.CredentialAPIKey, Endpoint: id.Endpoint})
	c, err := f.Get(t.Context(), id)
	if err != nil || c.Kind != sdk.CredentialAPIKey || c.Secret != "" || c.Endpoint != id.Endpoint {
		t.Errorf("read again: %v, %v", c, err)
	}
	for _, bad := range []*sdk.Credential{{Kind: sdk.CredentialAPIKey}, {Kind: sdk.CredentialOAuth, Endpoint: id.Endpoint}} {
		if _, err := f.Put(t.Context(), id, bad); err == nil {
			t.Errorf("%v was stored", bad)
		}
	}
}
