package wire

import (
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

func pbChatRequest(r *sdk.ChatRequest) *pb.ChatRequest {
	return &pb.ChatRequest{
		Connection:        pbConnection(&r.Connection),
		Model:             text(r.Model),
		Messages:          eachRef(r.Messages, pbMessage),
		Tools:             eachRef(r.Tools, pbTool),
		ToolChoice:        pbToolChoice(r.ToolChoice),
		ParallelToolCalls: r.ParallelToolCalls,
		ResponseFormat:    pbResponseFormat(r.ResponseFormat),
		Sampling:          pbSampling(&r.Sampling),
		Reasoning:         pbReasoningOptions(&r.Reasoning),
		Metadata:          pbMap(r.Metadata, text[string]),
		ExtraBody:         pbRaw(r.ExtraBody),
		ExtraHeaders:      pbMap(r.ExtraHeaders, text[string]),
	}
}

func sdkChatRequest(r *pb.ChatRequest) *sdk.ChatRequest {
	return &sdk.ChatRequest{
		Connection:        sdkConnection(r.GetConnection()),
		Model:             r.GetModel(),
		Messages:          each(r.GetMessages(), sdkMessage),
		Tools:             each(r.GetTools(), sdkTool),
		ToolChoice:        sdkToolChoice(r.GetToolChoice()),
		ParallelToolCalls: r.ParallelToolCalls,
		ResponseFormat:    sdkResponseFormat(r.GetResponseFormat()),
		Sampling:          sdkSampling(r.GetSampling()),
		Reasoning:         sdkReasoningOptions(r.GetReasoning()),
		Metadata:          sdkMap(r.GetMetadata()),
		ExtraBody:         sdkRaw[sdk.Extras](r.GetExtraBody()),
		ExtraHeaders:      sdkMap(r.GetExtraHeaders()),
	}
}

func pbSampling(s *sdk.Sampling) *pb.Sampling {
	return &pb.Sampling{
		MaxOutputTokens:  s.MaxOutputTokens,
		Temperature:      s.Temperature,
		TopP:             s.TopP,
		TopK:             s.TopK,
		MinP:             s.MinP,
		FrequencyPenalty: s.FrequencyPenalty,
		PresencePenalty:  s.PresencePenalty,
		Seed:             s.Seed,
		Stop:             texts(s.Stop),
		LogProbs:         s.LogProbs,
		TopLogProbs:      s.TopLogProbs,
		LogitBias:        pbMap(s.LogitBias, same[float64]),
	}
}

func sdkSampling(s *pb.Sampling) sdk.Sampling {
	if s == nil {
		return sdk.Sampling{}
	}
	return sdk.Sampling{
		MaxOutputTokens:  s.MaxOutputTokens,
		Temperature:      s.Temperature,
		TopP:             s.TopP,
		TopK:             s.TopK,
		MinP:             s.MinP,
		FrequencyPenalty: s.FrequencyPenalty,
		PresencePenalty:  s.PresencePenalty,
		Seed:             s.Seed,
		Stop:             s.Stop,
		LogProbs:         s.LogProbs,
		TopLogProbs:      s.TopLogProbs,
		LogitBias:        sdkMap(s.LogitBias),
	}
}

func pbReasoningOptions(r *sdk.ReasoningOptions) *pb.ReasoningOptions {
	return &pb.ReasoningOptions{Enabled: r.Enabled, Effort: text(r.Effort), BudgetTokens: r.BudgetTokens}
}

func sdkReasoningOptions(r *pb.ReasoningOptions) sdk.ReasoningOptions {
	if r == nil {
		return sdk.ReasoningOptions{}
	}
	return sdk.ReasoningOptions{Enabled: r.Enabled, Effort: r.Effort, BudgetTokens: r.BudgetTokens}
}

func pbTool(t *sdk.Tool) *pb.Tool {
	return &pb.Tool{
		Name:        text(t.Name),
		Description: text(t.Description),
		Parameters:  t.Parameters,
		Strict:      t.Strict,
		Extra:       pbRaw(t.Extra),
	}
}

func sdkTool(t *pb.Tool) sdk.Tool {
	return sdk.Tool{
		Name:        t.GetName(),
		Description: t.GetDescription(),
		Parameters:  t.GetParameters(),
		Strict:      t.GetStrict(),
		Extra:       sdkRaw[sdk.Extras](t.GetExtra()),
	}
}

func pbToolChoice(c sdk.ToolChoice) *pb.ToolChoice {
	return &pb.ToolChoice{Mode: text(c.Mode), Name: text(c.Name)}
}

func sdkToolChoice(c *pb.ToolChoice) sdk.ToolChoice {
	return sdk.ToolChoice{Mode: sdk.ToolChoiceMode(c.GetMode()), Name: c.GetName()}
}

func pbResponseFormat(f *sdk.ResponseFormat) *pb.ResponseFormat {
	if f == nil {
		return nil
	}
	return &pb.ResponseFormat{Type: text(f.Type), Name: text(f.Name), Schema: f.Schema, Strict: f.Strict}
}

func sdkResponseFormat(f *pb.ResponseFormat) *sdk.ResponseFormat {
	if f == nil {
		return nil
	}
	return &sdk.ResponseFormat{
		Type:   sdk.ResponseFormatType(f.GetType()),
		Name:   f.GetName(),
		Schema: f.GetSchema(),
		Strict: f.GetStrict(),
	}
}
