package session

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// export is a conversation as one JSON document. Its items are the records of the
// file that count.
type export struct {
	Version    int       `json:"version"`
	ID         string    `json:"id"`
	Title      text      `json:"title"`
	Dir        text      `json:"dir,omitzero"`
	Created    time.Time `json:"created,omitzero"`
	Updated    time.Time `json:"updated,omitzero"`
	Model      text      `json:"model,omitzero"`
	Connection text      `json:"connection,omitzero"`
	Provider   text      `json:"provider,omitzero"`
	Items      []*record `json:"items"`
}

// JSON writes a conversation as a JSON document, with everything that is known of
// it.
func JSON(w io.Writer, c *Conversation) error {
	e := export{
		Version: version, ID: c.ID, Title: text(c.Title), Dir: text(c.Dir), Created: stamp(c.Created), Updated: stamp(c.Updated),
		Model: text(c.Model), Connection: text(c.Connection), Provider: text(c.Provider), Items: []*record{},
	}
	for i := range c.Items {
		e.Items = append(e.Items, encodeItem(&c.Items[i], unchanged))
	}
	document, err := marshal(e)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, escapeControls(document), "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err = w.Write(b.Bytes())
	return err
}

// unchanged is a redaction that takes nothing out.
func unchanged(s string) string { return s }
