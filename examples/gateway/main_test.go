package main

import (
	"testing"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func TestConformance(t *testing.T) {
	gateway := sdktest.OpenAICompatible{
		Connect: func(cloud *fakecloud.Cloud) sdk.Connection {
			return sdk.Connection{
				Endpoint:   cloud.OpenAI(),
				Credential: &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: "ticket-1234567890"},
			}
		},
	}
	sdktest.Run(t, sdktest.Config{New: New, Service: gateway.Start})
}
