package wire

import (
	"cmp"
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// maxErrorText bounds each text of an error: a status travels in HTTP/2
// trailers, where a service's error page does not belong.
const maxErrorText = 8 << 10

func pbError(e *sdk.Error) *pb.Error {
	message := e.Message
	if message == "" && e.Err != nil {
		message = e.Err.Error() // the cause itself stays behind
	}
	return &pb.Error{
		Kind:       errorText(cmp.Or(e.Kind, sdk.KindInternal)),
		Message:    errorText(message),
		Hint:       errorText(e.Hint),
		Host:       errorText(e.Host),
		Status:     int32(e.Status),
		Code:       errorText(e.Code),
		RequestId:  errorText(e.RequestID),
		Field:      errorText(e.Field),
		Retryable:  e.Retryable,
		RetryAfter: pbDuration(e.RetryAfter),
	}
}

func sdkError(e *pb.Error) *sdk.Error {
	kind := cmp.Or(sdk.ErrorKind(e.GetKind()), sdk.KindInternal)
	return &sdk.Error{
		Kind:       kind,
		Message:    e.GetMessage(),
		Hint:       e.GetHint(),
		Host:       e.GetHost(),
		Status:     int(e.GetStatus()),
		Code:       e.GetCode(),
		RequestID:  e.GetRequestId(),
		Field:      e.GetField(),
		Retryable:  e.GetRetryable(),
		RetryAfter: sdkDuration(e.GetRetryAfter()),
		Err:        causeOf(kind),
	}
}

// errorText is [text], cut to maxErrorText.
func errorText[S ~string](s S) string {
	if len(s) <= maxErrorText {
		return text(s)
	}
	return text(s[:maxErrorText]) + " [cut]"
}

// causeOf restores the one cause that callers look for with errors.Is.
func causeOf(kind sdk.ErrorKind) error {
	switch kind {
	case sdk.KindCanceled:
		return context.Canceled
	case sdk.KindTimeout:
		return context.DeadlineExceeded
	}
	return nil
}

// statusOf returns err as a gRPC status error whose detail has the whole
// [sdk.Error]; nil for nil.
func statusOf(err error) error {
	if err == nil {
		return nil
	}
	e := pbError(sdk.AsError(err))
	s := status.New(codeOf(sdk.ErrorKind(e.Kind)), e.Message)
	detailed, detailErr := s.WithDetails(e)
	if detailErr != nil { // only for the code OK, which codeOf never gives
		return s.Err()
	}
	return detailed.Err()
}

// codeOf returns the status code for a kind, for gRPC tools and for peers that
// do not read details. The detail is what counts.
func codeOf(kind sdk.ErrorKind) codes.Code {
	switch kind {
	case sdk.KindUnauthenticated:
		return codes.Unauthenticated
	case sdk.KindPermission, sdk.KindContentFilter:
		return codes.PermissionDenied
	case sdk.KindQuota, sdk.KindRateLimit:
		return codes.ResourceExhausted
	case sdk.KindInvalidRequest, sdk.KindContextLength:
		return codes.InvalidArgument
	case sdk.KindNotFound:
		return codes.NotFound
	case sdk.KindUnsupported:
		return codes.Unimplemented
	case sdk.KindOverloaded, sdk.KindService, sdk.KindNetwork:
		return codes.Unavailable
	case sdk.KindTimeout:
		return codes.DeadlineExceeded
	case sdk.KindProtocol, sdk.KindIncomplete:
		return codes.DataLoss
	case sdk.KindConfig, sdk.KindCannotAsk:
		return codes.FailedPrecondition
	case sdk.KindCanceled:
		return codes.Canceled
	}
	return codes.Internal
}

// errorOf returns the [*sdk.Error] that err, from a gRPC call, stands for; nil for
// nil. A status without a detail was not sent by a provider but by gRPC itself,
// or by a plugin that was written without this SDK.
func errorOf(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	s := status.Convert(err)
	for _, d := range s.Details() {
		if e, ok := d.(*pb.Error); ok {
			return sdkError(e)
		}
	}
	if c := s.Code(); c == codes.Canceled || c == codes.DeadlineExceeded {
		awaitDeadline(ctx)
	}
	if cause := ctx.Err(); cause != nil {
		return &sdk.Error{Kind: sdk.KindOf(cause), Message: cause.Error(), Err: cause}
	}
	kind, message := undetailed(s)
	return &sdk.Error{Kind: kind, Message: message, Err: errors.Join(err, causeOf(kind))}
}

// awaitDeadline waits for a deadline that is about to pass: gRPC tells the plugin of it,
// and the plugin's timer may be the first to go off.
func awaitDeadline(ctx context.Context) {
	const about = 100 * time.Millisecond
	if d, ok := ctx.Deadline(); ok && time.Until(d) < about {
		<-ctx.Done()
	}
}

// undetailed gives kind and message of a status that has no detail.
func undetailed(s *status.Status) (sdk.ErrorKind, string) {
	switch s.Code() {
	case codes.Canceled:
		return sdk.KindCanceled, s.Message()
	case codes.DeadlineExceeded:
		return sdk.KindTimeout, s.Message()
	case codes.Unimplemented:
		return sdk.KindUnsupported, "the plugin does not offer this: " + s.Message()
	case codes.Unauthenticated:
		return sdk.KindUnauthenticated, s.Message()
	case codes.PermissionDenied:
		return sdk.KindPermission, s.Message()
	case codes.NotFound:
		return sdk.KindNotFound, s.Message()
	case codes.InvalidArgument:
		return sdk.KindInvalidRequest, s.Message()
	case codes.Unknown: // what gRPC libraries make of an error they do not know
		return sdk.KindInternal, s.Message()
	case codes.Unavailable:
		return sdk.KindPlugin, "the connection to the plugin broke: " + s.Message()
	}
	return sdk.KindPlugin, "the call to the plugin failed: " + s.Message()
}
