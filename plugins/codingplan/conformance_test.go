package codingplan

import (
	"testing"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func TestConformance(t *testing.T) {
	plan := sdktest.OpenAICompatible{
		Model: "qwen3-coder-plus",
		Connect: func(cloud *fakecloud.Cloud) sdk.Connection {
			return connection(cloud.CodingPlan(), planKey)
		},
	}
	sdktest.Run(t, sdktest.Config{New: New, Service: plan.Start})
}
