package render

import (
	"fmt"
	"io"

	"github.com/qwen-cli/qwen/sdk"
)

// Switch says that another connection is asked, after one of which nothing was shown.
type Switch struct {
	Err        *sdk.Error // how that one ended
	Connection string     // name of the one that is asked
	Provider   string
	Host       string
	Model      string
}

// Switch writes one line.
func (t *text) Switch(s Switch) error {
	t.settle()
	_, err := io.WriteString(t.Err, "qwen: "+t.Clean(SwitchText(s))+"\n")
	return err
}

// Switch emits an object of its own.
func (m *messages) Switch(s Switch) error {
	m.model = s.Model
	return m.emit(&switchMessage{
		Type: "system", Subtype: "fallback", UUID: m.newID(), SessionID: m.session,
		Connection: m.clean(s.Connection), Provider: m.clean(s.Provider), Host: m.clean(s.Host), Model: m.clean(s.Model),
		Error: m.errorDetail(s.Err, 0),
	})
}

// SwitchText says why and whom. Whoever shows it cleans it.
//
//	coding-plan (coding.dashscope.aliyuncs.com): the week's quota is used up (HTTP 429);
//	asking work instead: openai (api.openai.com), model gpt-4o-mini
func SwitchText(s Switch) string {
	asked := s.Provider
	if s.Host != "" {
		asked = fmt.Sprintf("%s (%s)", s.Provider, s.Host)
	}
	return fmt.Sprintf("%s; asking %s instead: %s, model %s", RetryReason(Retry{Err: s.Err}), s.Connection, asked, s.Model)
}
