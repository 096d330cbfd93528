package sdktest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest"
)

// read returns the text of an answer and the error it ended with.
func read(ctx context.Context, p sdk.Provider) (text string, err error) {
	for e, err := range sdk.CheckStream(p.Chat(ctx, &sdk.ChatRequest{Model: "m"})) {
		if err != nil {
			return text, err
		}
		if d, ok := e.(*sdk.Delta); ok {
			text += d.Text
		}
	}
	return text, nil
}

func TestFakeFollowsItsScript(t *testing.T) {
	fake := new(sdktest.Fake)
	fake.Answer(sdktest.Think("hm "), sdktest.Say("one ", "two "), sdktest.Call("1", "f", "{", "}"), sdktest.Finish(sdk.FinishToolCalls))
	fake.Answer(sdktest.Say("half "), sdktest.Fail(sdk.Errorf(sdk.KindIncomplete, "cut")))
	fake.Answer(sdktest.Say("half "), sdktest.Panic("oh no"))
	p := sdktest.Pair(t, fake)

	if text, err := read(t.Context(), p); text != "hm one two {}" || err != nil {
		t.Errorf("first: %q, %v", text, err)
	}
	if text, err := read(t.Context(), p); text != "half " || sdk.KindOf(err) != sdk.KindIncomplete {
		t.Errorf("second: %q, %v", text, err)
	}
	for range 2 { // the last answer stays
		if text, err := read(t.Context(), p); text != "half " || sdk.KindOf(err) != sdk.KindInternal {
			t.Errorf("third: %q, %v", text, err)
		}
	}
	chats := fake.Calls().Chats
	if len(chats) != 4 || chats[0].Model != "m" {
		t.Errorf("%d chats were recorded", len(chats))
	}
}

func TestFakeWithoutScript(t *testing.T) {
	fake := new(sdktest.Fake)
	p := sdktest.Pair(t, fake)
	d, err := p.Describe(t.Context())
	if err != nil || d.Name != "fake" || !d.Supports(sdk.CapabilityModels) {
		t.Errorf("Describe: %v, %v", d, err)
	}
	c, err := p.Login(t.Context(), &sdk.LoginRequest{}, &sdktest.UI{Answers: map[string]string{sdk.QuestionKey: "k"}})
	if err != nil || c.Secret != "k" {
		t.Errorf("Login: %v, %v", c, err)
	}
	if c, err = p.Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Credential: c}}); err != nil || c.Secret != "k" {
		t.Errorf("Token: %v, %v", c, err)
	}
	if models, err := p.(sdk.ModelLister).Models(t.Context(), &sdk.ModelsRequest{}); err != nil || len(models) != 1 {
		t.Errorf("Models: %v, %v", models, err)
	}
	if err := p.(sdk.Revoker).Revoke(t.Context(), &sdk.RevokeRequest{}); err != nil {
		t.Errorf("Revoke: %v", err)
	}
	if text, err := read(t.Context(), p); text != "Hello." || err != nil {
		t.Errorf("Chat: %q, %v", text, err)
	}
	calls := fake.Calls()
	if len(calls.Logins) != 1 || len(calls.Tokens) != 1 || len(calls.Models) != 1 || len(calls.Revokes) != 1 {
		t.Errorf("recorded: %+v", calls)
	}
}

func TestFakeInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := new(sdktest.Fake)
		fake.Answer(sdktest.Say("a"), sdktest.Pause(time.Hour), sdktest.Say("b"), sdktest.Block())
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		start := time.Now()
		text, err := read(ctx, fake)
		if text != "ab" || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 2*time.Hour {
			t.Errorf("%q, %v after %v", text, err, time.Since(start))
		}
	})
}

func TestUIAnswers(t *testing.T) {
	ctx := t.Context()
	ui := &sdktest.UI{Answers: map[string]string{"name": "Ann", "sure": "yes"}}
	if v, err := ui.Ask(ctx, sdk.Question{ID: "name"}); v != "Ann" || err != nil {
		t.Errorf("Ask: %q, %v", v, err)
	}
	if v, err := ui.Ask(ctx, sdk.Question{ID: "city", Default: "Hangzhou"}); v != "Hangzhou" || err != nil {
		t.Errorf("Ask with a default: %q, %v", v, err)
	}
	if v, err := ui.Ask(ctx, sdk.Question{ID: "title", Optional: true}); v != "" || err != nil {
		t.Errorf("Ask, optional: %q, %v", v, err)
	}
	if _, err := ui.Ask(ctx, sdk.Question{ID: "age"}); sdk.KindOf(err) != sdk.KindCannotAsk {
		t.Errorf("Ask without an answer: %v", err)
	}
	if ok, err := ui.Confirm(ctx, sdk.Question{ID: "sure"}); !ok || err != nil {
		t.Errorf("Confirm: %v, %v", ok, err)
	}
	if v, err := ui.Choose(ctx, sdk.Choice{ID: "region", Default: "cn"}); v != "cn" || err != nil {
		t.Errorf("Choose: %q, %v", v, err)
	}
	var methods []string
	for _, s := range ui.Shown() {
		methods = append(methods, s.Method)
	}
	if want := []string{"Ask", "Ask", "Ask", "Ask", "Confirm", "Choose"}; !slices.Equal(methods, want) {
		t.Errorf("shown %q, want %q", methods, want)
	}
}

func TestUINobody(t *testing.T) {
	ctx := t.Context()
	ui := &sdktest.UI{Nobody: true, Answers: map[string]string{"name": "Ann"}}
	_, askErr := ui.Ask(ctx, sdk.Question{ID: "name"})
	_, chooseErr := ui.Choose(ctx, sdk.Choice{ID: "name"})
	_, confirmErr := ui.Confirm(ctx, sdk.Question{ID: "name"})
	for _, err := range []error{askErr, chooseErr, confirmErr, ui.ShowCode(ctx, sdk.DeviceCode{})} {
		if sdk.KindOf(err) != sdk.KindCannotAsk {
			t.Errorf("%v", err)
		}
	}
	if err := errors.Join(ui.Tell(ctx, "a"), ui.Wait(ctx, "b")); err != nil {
		t.Errorf("a notice failed: %v", err)
	}
}

// The fake cloud offers all that the cases need.
func TestOpenAICompatibleIsComplete(t *testing.T) {
	for _, c := range sdktest.Cases() {
		if c.Needs != "" && (sdktest.OpenAICompatible{}).Start(t, c.Needs) == nil {
			t.Errorf("case %s: the behaviour %q is not offered", c.ID, c.Needs)
		}
	}
	if (sdktest.OpenAICompatible{Without: []sdktest.Behaviour{sdktest.Plain}}).Start(t, sdktest.Plain) != nil {
		t.Error("Without has no effect")
	}
}
