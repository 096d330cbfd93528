package qwenoauth

import (
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func TestConformance(t *testing.T) {
	qwen := sdktest.OpenAICompatible{
		Model: onlyModel,
		Connect: func(cloud *fakecloud.Cloud) sdk.Connection {
			token := cloud.IssueToken()
			return sdk.Connection{
				Endpoint: cloud.Qwen(),
				Settings: map[string]string{"issuer": cloud.OAuthURL()},
				Credential: &sdk.Credential{
					Kind: sdk.CredentialOAuth, Secret: sdk.Secret(token.Access), RefreshToken: sdk.Secret(token.Refresh),
					TokenType: "Bearer", Expiry: token.Expires, Endpoint: cloud.Qwen(),
				},
			}
		},
		SignIn: func(cloud *fakecloud.Cloud) map[string]string {
			cloud.SetOAuth(fakecloud.OAuthOptions{AutoApprove: true, Interval: time.Second})
			return nil
		},
		Without: []sdktest.Behaviour{sdktest.SignInRefused}, // the tokens of a sign-in are always good
	}
	sdktest.Run(t, sdktest.Config{New: New, Service: qwen.Start})
}
