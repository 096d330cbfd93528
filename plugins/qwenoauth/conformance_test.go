package qwenoauth

import (
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func TestConformance(t *testing.T) {
	sdktest.Run(t, sdktest.Config{New: New, Service: loopback})
}

// loopback is Qwen's service, with an issuer moved to this machine.
func loopback(t sdktest.TB, b sdktest.Behaviour) *sdktest.Service {
	return sdktest.OpenAICompatible{
		Model: onlyModel,
		Connect: func(cloud *fakecloud.Cloud) sdk.Connection {
			conn := connection(cloud, cloud.IssueToken())
			conn.Endpoint = cloud.Qwen()
			return conn
		},
		SignIn: func(cloud *fakecloud.Cloud) map[string]string {
			cloud.SetOAuth(fakecloud.OAuthOptions{
				AutoApprove: true, Interval: 10 * time.Millisecond, Closed: b == sdktest.SignInRefused,
			})
			return nil
		},
	}.Start(t, b)
}
