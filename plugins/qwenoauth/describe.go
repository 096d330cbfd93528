package qwenoauth

import (
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	version         = "0.1.0"
	onlyModel       = "coder-model"
	defaultEndpoint = "https://dashscope.aliyuncs.com/compatible-mode/v1"
)

func describe() *sdk.Description {
	return &sdk.Description{
		Name:        Name,
		DisplayName: "Qwen OAuth",
		Summary:     "sign in with a qwen.ai account; Qwen closed the free tier on 2026-04-15",
		Version:     version,
		Homepage:    "https://chat.qwen.ai",
		LoginMethods: []sdk.LoginMethod{{
			ID: "device", Label: "Qwen account (browser)", Summary: "approve the sign-in in a browser, on this or another device",
		}},
		Settings: []sdk.Setting{{
			Name: "issuer", Type: sdk.SettingURL, Env: []string{"QWEN_OAUTH_BASE_URL"}, Default: defaultIssuer,
			Description: "address of the sign-in service, for a mirror; https, or http on this machine",
		}},
		// The default endpoint's host is not among them: it is a general one, at
		// which other keys are at home.
		Hosts:           []string{"chat.qwen.ai", "*.qwen.ai"},
		DefaultEndpoint: defaultEndpoint,
		DefaultModel:    onlyModel,
		Models: []sdk.Model{{
			ID: onlyModel, DisplayName: "Qwen 3.6 Plus", ContextTokens: 1_000_000,
			Input: []string{"text", "image"}, Reasoning: true,
		}},
		Limits: []sdk.Limit{
			{Unit: sdk.LimitRequests, Amount: 60, Window: time.Minute, Resets: "rolling"},
			{Unit: sdk.LimitRequests, Amount: 2_000, Window: 24 * time.Hour},
		},
	}
}
