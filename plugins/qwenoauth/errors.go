package qwenoauth

import (
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// nextStep is what to do without a free tier.
const nextStep = `Use a Coding Plan key ("qwen auth login coding-plan") or any OpenAI-compatible service ("qwen auth login openai").`

// refusedHint is for a token that is refused: by its age a new sign-in helps, by
// the state of the service nothing does.
const refusedHint = `Run "qwen auth login qwen-oauth"; if a new sign-in is refused too, Qwen has closed its free tier ` +
	`(on 2026-04-15): use "qwen auth login coding-plan" or "qwen auth login openai".`

// dialect returns what the service does differently: it is DashScope with tokens.
func dialect() openaiapi.Dialect {
	return openaiapi.Dialect{
		Name:     "Qwen",
		Thinking: openaiapi.ThinkingEnable,
		Rules: []openaiapi.ErrorRule{
			{Contains: "free allocated quota exceeded", Kind: sdk.KindQuota,
				Message: "the free allowance is used up; Qwen closed its free tier on 2026-04-15", Hint: nextStep},
			// Not quotas, though they say so, and come with the quotas' code:
			// https://help.aliyun.com/zh/model-studio/error-code
			{Contains: "concurrency allocated quota exceeded", Kind: sdk.KindRateLimit, Retryable: true,
				Message: "too many requests at once", Hint: "Run fewer of them side by side."},
			{Contains: "usage allocated quota exceeded", Kind: sdk.KindRateLimit,
				Message: "too much was asked for in a short time", Hint: "It usually works again within the hour."},
			{Contains: "day allocated quota exceeded", Kind: sdk.KindQuota,
				Message: "the allowance of this day is used up", Hint: "It comes back with the new day. " + nextStep},
			{Code: "insufficient_quota", Kind: sdk.KindQuota,
				Message: "the allowance is used up", Hint: nextStep},
			{Contains: "invalid access token or token expired", Kind: sdk.KindUnauthenticated,
				Message: "Qwen did not accept the token", Hint: refusedHint},
			{Status: 401, Kind: sdk.KindUnauthenticated,
				Message: "Qwen did not accept the token", Hint: refusedHint},
			{Status: 403, Contains: "token", Kind: sdk.KindUnauthenticated,
				Message: "Qwen did not accept the token", Hint: refusedHint},
		},
	}
}
