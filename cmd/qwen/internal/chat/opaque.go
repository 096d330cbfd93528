package chat

import (
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// withholdOpaque returns req without the opaque data that somebody other than to
// had issued, and the number of parts that lost some: a signature or an encrypted
// thought means nothing to another service, which would refuse it, and is none of
// its business. See [sdk.Origin]. The request itself is left alone.
func withholdOpaque(req *sdk.ChatRequest, to sdk.Origin) (*sdk.ChatRequest, int) {
	withheld := 0
	messages := make([]sdk.Message, 0, len(req.Messages))
	for _, m := range req.Messages {
		if sameIssuer(m.Origin, to) {
			messages = append(messages, m)
			continue
		}
		parts, n := withoutOpaque(m.Parts, m.Origin != nil)
		if n > 0 {
			withheld += n
			m.Parts = parts
		}
		if len(m.Parts) > 0 || n == 0 {
			messages = append(messages, m)
		}
	}
	if withheld == 0 {
		return req, 0
	}
	clean := *req
	clean.Messages = messages
	return &clean, withheld
}

func sameIssuer(o *sdk.Origin, to sdk.Origin) bool {
	return o != nil && o.Provider == to.Provider &&
		strings.TrimRight(o.Endpoint, "/") == strings.TrimRight(to.Endpoint, "/")
}

// withoutOpaque returns parts without opaque data and how many of them changed.
// Parts that are nothing else are left out. Parts of an unknown kind may hold
// opaque data too; foreign says that a model wrote them.
func withoutOpaque(parts []sdk.Part, foreign bool) ([]sdk.Part, int) {
	withheld := 0
	kept := make([]sdk.Part, 0, len(parts))
	for _, p := range parts {
		q := p
		switch p := p.(type) {
		case *sdk.Reasoning:
			q = plainReasoning(p)
		case *sdk.ToolCall:
			q = plainToolCall(p)
		case *sdk.Unknown:
			if foreign {
				q = nil
			}
		}
		if q != p {
			withheld++
		}
		if q != nil {
			kept = append(kept, q)
		}
	}
	return slices.Clip(kept), withheld
}

// plainReasoning returns r without opaque data: r itself if it has none, nil if
// it has nothing else.
func plainReasoning(r *sdk.Reasoning) sdk.Part {
	switch {
	case len(r.Opaque) == 0 && len(r.Extra) == 0:
		return r
	case r.Text == "":
		return nil
	}
	return &sdk.Reasoning{Text: r.Text, Summary: r.Summary}
}

// plainToolCall returns c without opaque data: c itself if it has none.
func plainToolCall(c *sdk.ToolCall) sdk.Part {
	if len(c.Opaque) == 0 {
		return c
	}
	d := *c
	d.Opaque = nil
	return &d
}
