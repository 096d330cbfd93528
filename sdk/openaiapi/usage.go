package openaiapi

import (
	"encoding/json"

	"github.com/qwen-cli/qwen/sdk"
)

// decodeUsage reads a usage object; nil if there is none. Prompt tokens include the
// cached ones and completion tokens the reasoning ones, at all services known.
func decodeUsage(raw json.RawMessage) *sdk.Usage {
	var counters map[string]json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &counters) != nil || len(counters) == 0 {
		return nil
	}
	c := flatCounters(counters)
	u := &sdk.Usage{
		InputTokens:      c.take("prompt_tokens", "input_tokens"),
		OutputTokens:     c.take("completion_tokens", "output_tokens"),
		TotalTokens:      c.take("total_tokens"),
		CacheReadTokens:  c.take("prompt_tokens_details.cached_tokens", "cached_tokens", "prompt_cache_hit_tokens", "input_tokens_details.cached_tokens"),
		CacheWriteTokens: c.take("prompt_tokens_details.cache_creation_input_tokens", "prompt_tokens_details.cache_write_tokens"),
		ReasoningTokens:  c.take("completion_tokens_details.reasoning_tokens", "reasoning_tokens", "output_tokens_details.reasoning_tokens"),
		Raw:              raw,
	}
	if u.TotalTokens == 0 {
		u.TotalTokens = u.InputTokens + u.OutputTokens
	}
	if len(c) > 0 {
		u.Details = c
	}
	return u
}

// counters are the whole numbers of a usage object, those of nested objects under
// "outer.inner".
type counters map[string]int64

func flatCounters(object map[string]json.RawMessage) counters {
	c := counters{}
	for name, raw := range object {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			c.add(name, raw)
		}
		for innerName, innerRaw := range inner {
			c.add(name+"."+innerName, innerRaw)
		}
	}
	return c
}

func (c counters) add(name string, raw json.RawMessage) {
	var n int64
	if !isNull(raw) && json.Unmarshal(raw, &n) == nil && n >= 0 {
		c[name] = n
	}
}

// take removes the counters of all the names, which are names for one thing, and
// returns the first that is not zero.
func (c counters) take(names ...string) int64 {
	var n int64
	for _, name := range names {
		if n == 0 {
			n = c[name]
		}
		delete(c, name)
	}
	return n
}
