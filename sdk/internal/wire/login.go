package wire

import (
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

func pbLoginRequest(r *sdk.LoginRequest) *pb.LoginStart {
	return &pb.LoginStart{Method: text(r.Method), Connection: pbConnection(&r.Connection), Verify: r.Verify}
}

func sdkLoginRequest(r *pb.LoginStart) *sdk.LoginRequest {
	return &sdk.LoginRequest{
		Method:     r.GetMethod(),
		Connection: sdkConnection(r.GetConnection()),
		Verify:     r.GetVerify(),
	}
}

func pbDeviceCode(c sdk.DeviceCode) *pb.DeviceCode {
	return &pb.DeviceCode{
		Url:         text(c.URL),
		CompleteUrl: text(c.CompleteURL),
		Code:        text(c.Code),
		Expires:     pbTime(c.Expires),
	}
}

func sdkDeviceCode(c *pb.DeviceCode) sdk.DeviceCode {
	return sdk.DeviceCode{
		URL:         c.GetUrl(),
		CompleteURL: c.GetCompleteUrl(),
		Code:        c.GetCode(),
		Expires:     sdkTime(c.GetExpires()),
	}
}

func pbQuestion(q sdk.Question) *pb.Question {
	return &pb.Question{
		Id:           text(q.ID),
		Label:        text(q.Label),
		Help:         text(q.Help),
		Placeholder:  text(q.Placeholder),
		DefaultValue: text(q.Default),
		Secret:       q.Secret,
		Optional:     q.Optional,
	}
}

func sdkQuestion(q *pb.Question) sdk.Question {
	return sdk.Question{
		ID:          q.GetId(),
		Label:       q.GetLabel(),
		Help:        q.GetHelp(),
		Placeholder: q.GetPlaceholder(),
		Default:     q.GetDefaultValue(),
		Secret:      q.GetSecret(),
		Optional:    q.GetOptional(),
	}
}

func pbChoice(c sdk.Choice) *pb.Choice {
	return &pb.Choice{
		Id:           text(c.ID),
		Label:        text(c.Label),
		Options:      each(c.Options, pbOption),
		DefaultValue: text(c.Default),
	}
}

func sdkChoice(c *pb.Choice) sdk.Choice {
	return sdk.Choice{
		ID:      c.GetId(),
		Label:   c.GetLabel(),
		Options: each(c.GetOptions(), sdkOption),
		Default: c.GetDefaultValue(),
	}
}

func pbOption(o sdk.Option) *pb.Option {
	return &pb.Option{Id: text(o.ID), Label: text(o.Label), Note: text(o.Note)}
}

func sdkOption(o *pb.Option) sdk.Option {
	return sdk.Option{ID: o.GetId(), Label: o.GetLabel(), Note: o.GetNote()}
}
