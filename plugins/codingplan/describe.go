package codingplan

import (
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	version      = "0.1.0"
	defaultModel = "qwen3-coder-plus"
)

// describe returns the plan as data. Sources: the plan's page,
// https://help.aliyun.com/zh/model-studio/coding-plan, and its FAQ.
func describe() *sdk.Description {
	return &sdk.Description{
		Name:        Name,
		DisplayName: "Alibaba Cloud Coding Plan",
		Summary:     "a subscription at a fixed monthly price, with keys of its own (sk-sp-…)",
		Version:     version,
		Homepage:    "https://help.aliyun.com/zh/model-studio/coding-plan",
		LoginMethods: []sdk.LoginMethod{{
			ID: "api-key", Label: "Coding Plan key", Summary: "a key that begins with sk-sp-, from the Model Studio console",
		}},
		Settings: []sdk.Setting{{
			Name: "region", Description: "where the plan was bought; beijing if not set",
			Env:  []string{"BAILIAN_CODING_PLAN_REGION"},
			Enum: []string{"beijing", "china", "international", "intl", "singapore"},
		}},
		CredentialEnv:   []string{"BAILIAN_CODING_PLAN_API_KEY", "OPENAI_API_KEY"},
		KeyPrefixes:     []string{keyPrefix},
		Hosts:           []string{beijing.host, international.host},
		DefaultEndpoint: beijing.endpoint(),
		DefaultModel:    defaultModel,
		Models:          models(),
		Plans: []sdk.Plan{
			plan("lite", "Lite Basic", "40 CNY / month", 1_200, 9_000, 18_000),
			plan("pro", "Pro Advanced", "200 CNY / month", 6_000, 45_000, 90_000),
		},
	}
}

// plan returns a plan with its allowance of requests per 5 hours, week and month.
func plan(id, label, price string, hours, week, month int64) sdk.Plan {
	const day = 24 * time.Hour
	return sdk.Plan{ID: id, Label: label, Price: price, Limits: []sdk.Limit{
		{Unit: sdk.LimitRequests, Amount: hours, Window: 5 * time.Hour, Resets: "rolling"},
		{Unit: sdk.LimitRequests, Amount: week, Window: 7 * day, Resets: "Monday 00:00 UTC+8"},
		{Unit: sdk.LimitRequests, Amount: month, Window: 30 * day, Resets: "billing day 00:00 UTC+8"},
	}}
}

// models returns the plan's models. It grows now and then; a model that is not
// here can be asked all the same.
func models() []sdk.Model {
	text, seeing := []string{"text"}, []string{"text", "image"}
	return []sdk.Model{
		{ID: "qwen3-coder-plus", ContextTokens: 1_000_000, Input: text},
		{ID: "qwen3-coder-next", ContextTokens: 262_144, Input: text},
		{ID: "qwen3.5-plus", ContextTokens: 1_000_000, Input: seeing, Reasoning: true},
		{ID: "qwen3.6-plus", ContextTokens: 1_000_000, Input: seeing, Reasoning: true, Note: "Pro subscribers only"},
		{ID: "qwen3.7-plus", ContextTokens: 1_000_000, Input: text, Reasoning: true},
		{ID: "qwen3-max-2026-01-23", ContextTokens: 262_144, Input: text, Reasoning: true},
		{ID: "glm-5", ContextTokens: 202_752, Input: text, Reasoning: true},
		{ID: "glm-4.7", ContextTokens: 202_752, Input: text, Reasoning: true},
		{ID: "kimi-k2.5", ContextTokens: 262_144, Input: seeing, Reasoning: true},
		{ID: "MiniMax-M2.5", ContextTokens: 196_608, Input: text, Reasoning: true},
	}
}
