package outcome

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/aws/smithy-go"
)

func TestOf(t *testing.T) {
	codes := map[string]Outcome{"Bad": Permanent, "AccessDeniedException": Permanent}
	api := func(code string) error {
		return fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: code, Message: "no: +12025550143"})
	}
	for name, c := range map[string]struct {
		err  error
		want Outcome
		code string
	}{
		"ErrOfTheService":      {api("Bad"), Permanent, "Bad"},
		"ErrCommon":            {api("ThrottlingException"), Retryable, "ThrottlingException"},
		"ErrServiceGoesFirst":  {api("AccessDeniedException"), Permanent, "AccessDeniedException"},
		"ErrNeverHeardOf":      {api("Surprise"), Unknown, "Surprise"},
		"ErrNobodyThere":       {fmt.Errorf("send: %w", &net.OpError{Op: "dial", Err: errors.New("refused")}), Retryable, "no answer"},
		"ErrCutOff":            {&net.OpError{Op: "read", Err: errors.New("reset")}, Unknown, "no answer"},
		"ErrNoAnswerInTime":    {fmt.Errorf("send: %w", context.DeadlineExceeded), Unknown, "no answer in time"},
		"ErrCallerHasGivenUp":  {fmt.Errorf("send: %w", context.Canceled), Unknown, "no answer in time"},
		"ErrOfAnythingElseToo": {errors.New("+12025550143"), Unknown, "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, code := Of(c.err, codes), Code(c.err); got != c.want || code != c.code {
				t.Errorf("got %s, %q, want %s, %q", got, code, c.want, c.code)
			}
		})
	}
}
