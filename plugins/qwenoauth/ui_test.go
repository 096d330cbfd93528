package qwenoauth

import (
	"context"
	"errors"

	"github.com/qwen-cli/qwen/sdk"
)

// screen is a UI that notes what it was told; onCode, if not nil, runs when a
// code is shown.
type screen struct {
	told   []string
	codes  []sdk.DeviceCode
	onCode func(sdk.DeviceCode)
}

func (s *screen) Tell(_ context.Context, text string) error {
	s.told = append(s.told, text)
	return nil
}

func (s *screen) ShowCode(_ context.Context, c sdk.DeviceCode) error {
	s.codes = append(s.codes, c)
	if s.onCode != nil {
		s.onCode(c)
	}
	return nil
}

var errAsked = errors.New("the sign-in asked a question")

func (s *screen) Ask(context.Context, sdk.Question) (string, error)   { return "", errAsked }
func (s *screen) Choose(context.Context, sdk.Choice) (string, error)  { return "", errAsked }
func (s *screen) Confirm(context.Context, sdk.Question) (bool, error) { return false, errAsked }
func (s *screen) Wait(context.Context, string) error                  { return nil }
