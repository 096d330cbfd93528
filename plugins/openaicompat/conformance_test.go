package openaicompat_test

import (
	"testing"

	"github.com/qwen-cli/qwen/plugins/openaicompat"
	"github.com/qwen-cli/qwen/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	sdktest.Run(t, sdktest.Config{
		New:     openaicompat.New,
		Service: sdktest.OpenAICompatible{}.Start,
	})
}
