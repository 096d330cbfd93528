package openaiapi

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/qwen-cli/qwen/sdk"
)

// Models returns the models that the service lists, in its order. What a service
// says about context, output and modalities is taken where it says it; few do.
func (c *Client) Models(ctx context.Context, svc *Service) ([]sdk.Model, error) {
	data, call, err := c.get(ctx, svc, or(svc.ModelsPath, "models"))
	if err != nil {
		return nil, err
	}
	entries, ok := modelEntries(data)
	if !ok {
		return nil, &sdk.Error{Kind: sdk.KindProtocol, Host: call.host, Message: "the list of models is not in a form that is known"}
	}
	models := make([]sdk.Model, 0, len(entries))
	for i := range entries {
		if m := entries[i].model(); m.ID != "" {
			models = append(models, m)
		}
	}
	return models, nil
}

// modelEntries finds the list: {"data": […]}, {"models": […]} or […] itself.
func modelEntries(data []byte) ([]modelEntry, bool) {
	if bytes.TrimSpace(data)[0] == '[' {
		var list []modelEntry
		return list, decodeLoosely(data, &list) == nil
	}
	var doc struct {
		Data   *[]modelEntry `json:"data"`
		Models *[]modelEntry `json:"models"`
	}
	if decodeLoosely(data, &doc) != nil {
		return nil, false
	}
	switch {
	case doc.Data != nil:
		return *doc.Data, true
	case doc.Models != nil:
		return *doc.Models, true
	}
	return nil, false
}

// A modelEntry is a model as services describe it.
type modelEntry struct {
	ID   looseString `json:"id"`
	Name looseString `json:"name"`

	ContextLength    looseInt `json:"context_length"`     // OpenRouter, Moonshot, LM Studio
	ContextWindow    looseInt `json:"context_window"`     // Groq
	MaxModelLen      looseInt `json:"max_model_len"`      // vLLM, SGLang
	MaxContextLength looseInt `json:"max_context_length"` // Mistral
	MaxOutput        looseInt `json:"max_completion_tokens"`
	TopProvider      struct { // OpenRouter
		MaxOutput looseInt `json:"max_completion_tokens"`
	} `json:"top_provider"`
	Architecture struct { // OpenRouter
		Input []looseString `json:"input_modalities"`
	} `json:"architecture"`
	Parameters []looseString `json:"supported_parameters"` // OpenRouter
	Meta       struct {      // llama.cpp
		Context looseInt `json:"n_ctx_train"`
	} `json:"meta"`
	Pricing *struct { // OpenRouter: US dollars for a token, as strings
		Prompt     looseFloat `json:"prompt"`
		Completion looseFloat `json:"completion"`
		CacheRead  looseFloat `json:"input_cache_read"`
		Request    looseFloat `json:"request"`
	} `json:"pricing"`
}

func (m *modelEntry) model() sdk.Model {
	out := sdk.Model{
		ID:              cleanText(or(string(m.ID), string(m.Name)), 200),
		ContextTokens:   firstOf(m.ContextLength, m.ContextWindow, m.MaxModelLen, m.MaxContextLength, m.Meta.Context),
		MaxOutputTokens: firstOf(m.MaxOutput, m.TopProvider.MaxOutput),
	}
	if m.Name != m.ID {
		out.DisplayName = cleanText(string(m.Name), 200)
	}
	for _, in := range m.Architecture.Input {
		out.Input = append(out.Input, cleanText(string(in), 40))
	}
	for _, p := range m.Parameters {
		out.Reasoning = out.Reasoning || p == "reasoning"
	}
	out.Price = m.price()
	return out
}

// price returns what the service charges, nil if it does not say. OpenRouter gives a
// negative price where it depends on the model that it will choose.
// https://openrouter.ai/docs/overview/models
func (m *modelEntry) price() *sdk.Price {
	p := m.Pricing
	if p == nil || p.Prompt < 0 || p.Completion < 0 {
		return nil
	}
	const million = 1e6
	return &sdk.Price{
		Currency: "USD", Input: float64(p.Prompt) * million, Output: float64(p.Completion) * million,
		CacheRead: max(0, float64(p.CacheRead)) * million, Request: max(0, float64(p.Request)),
	}
}

// firstOf returns the first value above zero, or 0.
func firstOf(values ...looseInt) int64 {
	for _, v := range values {
		if v > 0 {
			return int64(v)
		}
	}
	return 0
}

// looseFloat accepts any JSON value, a number in quotes too; what is none is 0.
type looseFloat float64

func (n *looseFloat) UnmarshalJSON(data []byte) error {
	var f float64
	if json.Unmarshal(bytes.Trim(data, `"`), &f) == nil {
		*n = looseFloat(f)
	}
	return nil
}

// looseInt accepts any JSON value, a number in quotes too; what is none is 0.
type looseInt int64

func (n *looseInt) UnmarshalJSON(data []byte) error {
	var f float64
	if json.Unmarshal(bytes.Trim(data, `"`), &f) == nil && f >= -1<<53 && f <= 1<<53 {
		*n = looseInt(f)
	}
	return nil
}
