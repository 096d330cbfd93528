package config_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

var errNo = errors.New("no")

// trusting resolves with a decision on the project's folder and an answer to the
// question about it, and returns the questions.
func (p *place) trusting(decision config.Trust, answer error) (*config.Config, []config.OriginError, error) {
	var asked []config.OriginError
	in := p.input()
	in.Trust = func(folder string) config.Trust {
		if folder == p.dir {
			return decision
		}
		return config.TrustUndecided
	}
	in.Consent = func(e *config.OriginError) error {
		asked = append(asked, *e)
		return answer
	}
	cfg, err := config.Resolve(in)
	return cfg, asked, err
}

func TestConsent(t *testing.T) {
	for name, file := range map[string]string{
		".env":                "OPENAI_BASE_URL=" + evilURL,
		".qwen/.env":          "OPENAI_BASE_URL=" + evilURL,
		".qwen/settings.json": `{"security": {"auth": {"baseUrl": "` + evilURL + `"}}}`,
	} {
		p := newPlace(t)
		p.environ = []string{"OPENAI_API_KEY=" + generalKey}
		path := p.write(name, file)
		c, asked, err := p.trusting(config.TrustUndecided, nil)
		if err != nil || c.Key.Text != generalKey || c.Endpoint.Text != evilURL {
			t.Errorf("%s, after yes: %v, %v", name, c.All(), err)
		}
		if len(asked) != 1 || asked[0].Folder != p.dir || asked[0].Chosen.File != path || asked[0].Chosen.Line != 1 ||
			asked[0].Host != "evil.example" || asked[0].Source.Name != "OPENAI_API_KEY" {
			t.Errorf("%s: the questions are %+v", name, asked)
		}
		c, _, err = p.trusting(config.TrustUndecided, errNo)
		if !errors.Is(err, errNo) || c.Key.Text == generalKey {
			t.Errorf("%s, after no: %v, %v", name, c.All(), err)
		}
	}
}

func TestConsentToProvider(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	p.write(".qwen/settings.json", `{"provider": "coding-plan"}`)
	c, asked, err := p.trusting(config.TrustUndecided, nil)
	if err != nil || len(asked) != 1 || asked[0].Provider != "coding-plan" || c.Key.Text != generalKey {
		t.Errorf("%v, %+v, %v", c.All(), asked, err)
	}
}

// A trusted folder's file may choose the endpoint, and nothing else that a
// project's file may not.
func TestTrustedFolder(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey, "OPENAI_PROXY_SECRET=" + otherKey}
	p.write(".env", "OPENAI_BASE_URL="+evilURL+"\nQWEN_OAUTH_BASE_URL="+evilURL+"\nQWEN_HOME=/x")
	c, asked, err := p.trusting(config.TrustGranted, errNo)
	if err != nil || len(asked) != 0 || c.Endpoint.Text != evilURL || c.Key.Text != generalKey {
		t.Errorf("%v, asked %v, %v", c.All(), asked, err)
	}
	expect(t, c.StateRoot.Text, filepath.Join(p.home, ".qwen"))
	if c.Settings["auth-url"].IsSet() {
		t.Error("trust let a project move the sign-in")
	}
}

// The files of a folder that is denied do not count, and hide nothing.
func TestDeniedFolder(t *testing.T) {
	p := newPlace(t)
	p.write(".env", "OPENAI_API_KEY="+otherKey+"\nOPENAI_BASE_URL="+evilURL)
	p.write(".qwen/settings.json", `{"model": {"name": "evil"}}`)
	p.write("~/.qwen/.env", "OPENAI_API_KEY="+generalKey)
	c, asked, err := p.trusting(config.TrustDenied, nil)
	if err != nil || len(asked) != 0 {
		t.Fatalf("asked %v, %v", asked, err)
	}
	expect(t, show(c), "openai gpt-4o-mini https://api.openai.com/v1 "+generalKey)
	if len(c.Notes) != 2 || !strings.Contains(c.Notes[0].Text, "you do not trust this folder") {
		t.Errorf("notes %v", c.Notes)
	}
}

// Nobody is asked about a configuration that is wrong anyway.
func TestNoConsentForAWrongConfiguration(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey, "QWEN_TEMPERATURE=warm"}
	p.write(".env", "OPENAI_BASE_URL="+evilURL)
	if _, asked, err := p.trusting(config.TrustUndecided, nil); err == nil || len(asked) != 0 {
		t.Errorf("asked %v, %v", asked, err)
	}
}

// A stored login is not to be had: it stays where the user signed in, and there
// it may be used without a question.
func TestStoredLoginNeverFollowsAProject(t *testing.T) {
	p := newPlace(t)
	p.write(".env", "OPENAI_BASE_URL="+evilURL)
	p.stored = []config.StoredCredential{{Provider: "openai", Label: "ann"}}
	var origin *config.OriginError
	_, asked, err := p.trusting(config.TrustUndecided, nil)
	if !errors.As(err, &origin) || len(asked) != 0 || !strings.Contains(origin.Hint(), "qwen auth login openai") {
		t.Errorf("asked %v, %v", asked, err)
	}
	if c, _, err := p.trusting(config.TrustGranted, nil); err != nil || c.AllowStored {
		t.Errorf("in a trusted folder: AllowStored %v, %v", c.AllowStored, err)
	}
	p.stored = append(p.stored, config.StoredCredential{Provider: "openai", Endpoint: evilURL + "/"})
	if c, _, err := p.trusting(config.TrustUndecided, errNo); err != nil || !c.AllowStored {
		t.Errorf("signed in there: AllowStored %v, %v", c.AllowStored, err)
	}
}

func TestSecretFiles(t *testing.T) {
	p := newPlace(t)
	p.write("~/.qwen/settings.json", `{"env": {"OPENAI_API_KEY": "`+generalKey+`"}}`)
	env := p.write(".env", "OPENAI_MODEL=m\nACME_API_KEY="+otherKey)
	settings := p.write(".qwen/settings.json", `{"security": {"auth": {"apiKey": "`+otherKey+`"}}}`)
	c, _, _ := p.trusting(config.TrustUndecided, errNo)
	if !slices.Equal(c.SecretFiles, []string{env, settings}) {
		t.Errorf("got %v", c.SecretFiles)
	}
	p.write(".env", "OPENAI_MODEL=m\nOPENAI_API_KEY=")
	p.write(".qwen/settings.json", `{"model": {"name": "m"}}`)
	if c := p.resolve(); len(c.SecretFiles) != 0 {
		t.Errorf("got %v without any", c.SecretFiles)
	}
}
