// Package notice tells staff of what they must look at, over an SNS topic that they subscribe to by e-mail or otherwise.
//
// A notice names uploads, feeds and figures; never a person, a phone or an A-number: mail is read on any device.
package notice

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// StaffTopic is the SNS topic that staff subscribe to.
type StaffTopic struct {
	Client *sns.Client
	ARN    string
}

// maxSubject is the most characters that SNS takes in a subject.
const maxSubject = 100

// Notify tells staff. The subject is cut to what SNS takes: 100 characters of ASCII on one line.
func (t *StaffTopic) Notify(ctx context.Context, subject, text string) error {
	line := strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 127:
			return ' '
		case r > 127:
			return '?'
		}
		return r
	}, subject))
	line = strings.TrimSpace(line[:min(len(line), maxSubject)])
	if _, err := t.Client.Publish(ctx, &sns.PublishInput{TopicArn: &t.ARN, Subject: &line, Message: &text}); err != nil {
		return fmt.Errorf("notice: telling staff: %w", err)
	}
	return nil
}
