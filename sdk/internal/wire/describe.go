package wire

import (
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

func pbDescription(d *sdk.Description) *pb.Description {
	return &pb.Description{
		Name:             text(d.Name),
		DisplayName:      text(d.DisplayName),
		Summary:          text(d.Summary),
		Version:          text(d.Version),
		Homepage:         text(d.Homepage),
		Capabilities:     texts(d.Capabilities),
		LoginMethods:     eachRef(d.LoginMethods, pbLoginMethod),
		Settings:         eachRef(d.Settings, pbSetting),
		CredentialEnv:    texts(d.CredentialEnv),
		KeyPrefixes:      texts(d.KeyPrefixes),
		Hosts:            texts(d.Hosts),
		DefaultEndpoint:  text(d.DefaultEndpoint),
		DefaultModel:     text(d.DefaultModel),
		Presets:          eachRef(d.Presets, pbPreset),
		Models:           eachRef(d.Models, pbModel),
		Limits:           eachRef(d.Limits, pbLimit),
		Plans:            eachRef(d.Plans, pbPlan),
		FirstByteTimeout: pbDuration(d.FirstByteTimeout),
		IdleTimeout:      pbDuration(d.IdleTimeout),
	}
}

func sdkDescription(d *pb.Description) *sdk.Description {
	return &sdk.Description{
		Name:             d.GetName(),
		DisplayName:      d.GetDisplayName(),
		Summary:          d.GetSummary(),
		Version:          d.GetVersion(),
		Homepage:         d.GetHomepage(),
		Capabilities:     d.GetCapabilities(),
		LoginMethods:     each(d.GetLoginMethods(), sdkLoginMethod),
		Settings:         each(d.GetSettings(), sdkSetting),
		CredentialEnv:    d.GetCredentialEnv(),
		KeyPrefixes:      d.GetKeyPrefixes(),
		Hosts:            d.GetHosts(),
		DefaultEndpoint:  d.GetDefaultEndpoint(),
		DefaultModel:     d.GetDefaultModel(),
		Presets:          each(d.GetPresets(), sdkPreset),
		Models:           each(d.GetModels(), sdkModel),
		Limits:           each(d.GetLimits(), sdkLimit),
		Plans:            each(d.GetPlans(), sdkPlan),
		FirstByteTimeout: sdkDuration(d.GetFirstByteTimeout()),
		IdleTimeout:      sdkDuration(d.GetIdleTimeout()),
	}
}

func pbLoginMethod(m *sdk.LoginMethod) *pb.LoginMethod {
	return &pb.LoginMethod{Id: text(m.ID), Label: text(m.Label), Summary: text(m.Summary)}
}

func sdkLoginMethod(m *pb.LoginMethod) sdk.LoginMethod {
	return sdk.LoginMethod{ID: m.GetId(), Label: m.GetLabel(), Summary: m.GetSummary()}
}

func pbSetting(s *sdk.Setting) *pb.Setting {
	return &pb.Setting{
		Name:         text(s.Name),
		Type:         text(s.Type),
		Description:  text(s.Description),
		Env:          texts(s.Env),
		DefaultValue: text(s.Default),
		EnumValues:   texts(s.Enum),
		Secret:       s.Secret,
		ProjectSafe:  s.ProjectSafe,
	}
}

func sdkSetting(s *pb.Setting) sdk.Setting {
	return sdk.Setting{
		Name:        s.GetName(),
		Type:        sdk.SettingType(s.GetType()),
		Description: s.GetDescription(),
		Env:         s.GetEnv(),
		Default:     s.GetDefaultValue(),
		Enum:        s.GetEnumValues(),
		Secret:      s.GetSecret(),
		ProjectSafe: s.GetProjectSafe(),
	}
}

func pbPreset(p *sdk.Preset) *pb.Preset {
	return &pb.Preset{
		Id:            text(p.ID),
		Label:         text(p.Label),
		Endpoint:      text(p.Endpoint),
		CredentialEnv: text(p.CredentialEnv),
		DefaultModel:  text(p.DefaultModel),
		KeyPrefix:     text(p.KeyPrefix),
		KeyUrl:        text(p.KeyURL),
		NoKey:         p.NoKey,
	}
}

func sdkPreset(p *pb.Preset) sdk.Preset {
	return sdk.Preset{
		ID:            p.GetId(),
		Label:         p.GetLabel(),
		Endpoint:      p.GetEndpoint(),
		CredentialEnv: p.GetCredentialEnv(),
		DefaultModel:  p.GetDefaultModel(),
		KeyPrefix:     p.GetKeyPrefix(),
		KeyURL:        p.GetKeyUrl(),
		NoKey:         p.GetNoKey(),
	}
}

func pbModel(m *sdk.Model) *pb.Model {
	return &pb.Model{
		Id:              text(m.ID),
		DisplayName:     text(m.DisplayName),
		ContextTokens:   m.ContextTokens,
		MaxOutputTokens: m.MaxOutputTokens,
		Input:           texts(m.Input),
		Reasoning:       m.Reasoning,
		Note:            text(m.Note),
		Extra:           pbRaw(m.Extra),
		Price:           pbPrice(m.Price),
	}
}

func sdkModel(m *pb.Model) sdk.Model {
	return sdk.Model{
		ID:              m.GetId(),
		DisplayName:     m.GetDisplayName(),
		ContextTokens:   m.GetContextTokens(),
		MaxOutputTokens: m.GetMaxOutputTokens(),
		Input:           m.GetInput(),
		Reasoning:       m.GetReasoning(),
		Note:            m.GetNote(),
		Extra:           sdkRaw[sdk.Extras](m.GetExtra()),
		Price:           sdkPrice(m.GetPrice()),
	}
}

func pbPrice(p *sdk.Price) *pb.Price {
	if p == nil {
		return nil
	}
	return &pb.Price{Currency: text(p.Currency), Input: p.Input, Output: p.Output, CacheRead: p.CacheRead, Request: p.Request}
}

func sdkPrice(p *pb.Price) *sdk.Price {
	if p == nil {
		return nil
	}
	return &sdk.Price{
		Currency: p.GetCurrency(), Input: p.GetInput(), Output: p.GetOutput(), CacheRead: p.GetCacheRead(), Request: p.GetRequest(),
	}
}

func pbLimit(l *sdk.Limit) *pb.Limit {
	return &pb.Limit{Unit: text(l.Unit), Amount: l.Amount, Window: pbDuration(l.Window), Resets: text(l.Resets)}
}

func sdkLimit(l *pb.Limit) sdk.Limit {
	return sdk.Limit{
		Unit:   sdk.LimitUnit(l.GetUnit()),
		Amount: l.GetAmount(),
		Window: sdkDuration(l.GetWindow()),
		Resets: l.GetResets(),
	}
}

func pbPlan(p *sdk.Plan) *pb.Plan {
	return &pb.Plan{
		Id:     text(p.ID),
		Label:  text(p.Label),
		Price:  text(p.Price),
		Limits: eachRef(p.Limits, pbLimit),
		Models: texts(p.Models),
	}
}

func sdkPlan(p *pb.Plan) sdk.Plan {
	return sdk.Plan{
		ID:     p.GetId(),
		Label:  p.GetLabel(),
		Price:  p.GetPrice(),
		Limits: each(p.GetLimits(), sdkLimit),
		Models: p.GetModels(),
	}
}
