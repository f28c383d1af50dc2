package topic

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
)

// maxBatch is how many entries a PublishBatch may have.
const maxBatch = 10

// ownSubject is that of a mail whose message has none.
const ownSubject = "AWS Notification Message"

// publishToTopic puts messages into every queue that wants them, all at once, and then sends those that are wanted as
// mail. Mail that is not taken is lost, which the publisher never hears of.
func (s *Service) publishToTopic(ctx context.Context, t *topic, messages []message) error {
	var all []queue.Addressed
	var mails []phone.Mail
	for _, m := range messages {
		for _, sub := range t.subscriptions {
			if !sub.wanted(m) {
				continue
			}
			if sub.Address != "" {
				mails = append(mails, phone.Mail{To: sub.Address, Subject: cmp.Or(m.subject, ownSubject), Body: m.bodyFor("email")})
				continue
			}
			out, err := s.outgoing(t, sub, m)
			if err != nil {
				return err
			}
			all = append(all, queue.Addressed{QueueARN: sub.QueueARN, Outgoing: out})
		}
	}
	if len(all) > 0 {
		if err := s.config.Queues.SendAll(ctx, all); err != nil {
			return err
		}
	}
	for _, m := range mails {
		if _, err := s.config.Phone.SendMail(ctx, m); err != nil {
			s.config.Log.Warn("a subscription's mail is lost", "topic", t.Name, "error", err)
		}
	}
	return nil
}

// Publish sends a message to a topic as one of AWS's own services does.
func (s *Service) Publish(ctx context.Context, topicARN, body string) error {
	t, err := s.topic(topicARN)
	if err != nil {
		return err
	}
	return s.publishToTopic(ctx, t, []message{{id: newID(), body: body}})
}

// publish is the action Publish.
func (s *Service) publish(ctx context.Context, f form) (any, error) {
	m, err := f.message("")
	if err != nil {
		return nil, err
	}
	arn, number := f.get("TopicArn"), f.get("PhoneNumber")
	if arn == "" {
		arn = f.get("TargetArn")
	}
	switch {
	case arn == "" && number == "":
		return nil, invalid("TopicArn or TargetArn", "no value for required parameter")
	case arn != "" && number != "":
		return nil, invalid("PhoneNumber", "a message goes to a topic or to a phone, not to both")
	case number != "":
		return s.publishToPhone(ctx, number, m)
	}
	t, err := s.topic(arn)
	if err != nil {
		return nil, err
	}
	m.id = newID()
	if err := s.publishToTopic(ctx, t, []message{m}); err != nil {
		return nil, err
	}
	return published{MessageID: m.id}, nil
}

// published is the answer of Publish.
type published struct {
	MessageID string `xml:"MessageId"`
}

// publishToPhone hands a text to the phone network and turns its refusals into those of SNS.
func (s *Service) publishToPhone(ctx context.Context, number string, m message) (any, error) {
	id, err := s.config.Phone.Send(ctx, phone.SMS{
		To: number, Body: m.bodyFor("sms"),
		SMSType:  m.attributes["AWS.SNS.SMS.SMSType"].StringValue,
		SenderID: m.attributes["AWS.SNS.SMS.SenderID"].StringValue,
	})
	switch {
	case errors.Is(err, phone.ErrInvalidNumber):
		return nil, invalid("PhoneNumber", "it is not valid to publish to") // never name the number: callers log errors
	case errors.Is(err, phone.ErrInvalidBody):
		return nil, invalid("Message", "a text has between 1 and 1,600 characters")
	case errors.Is(err, phone.ErrThrottled):
		return nil, &failure{"Throttled", 429, "Rate exceeded"}
	case errors.Is(err, phone.ErrNetwork):
		return nil, &failure{"InternalError", 500, "The phone network has an internal error."}
	case err != nil:
		return nil, err
	}
	return published{MessageID: id}, nil
}

// batchResult is the answer of PublishBatch.
type batchResult struct {
	Successful []batchSuccess `xml:"Successful>member"`
	Failed     []batchFailure `xml:"Failed>member"`
}

type batchSuccess struct {
	ID        string `xml:"Id"`
	MessageID string `xml:"MessageId"`
}

type batchFailure struct {
	ID          string `xml:"Id"`
	Code        string `xml:"Code"`
	Message     string `xml:"Message"`
	SenderFault bool   `xml:"SenderFault"`
}

// publishBatch is the action PublishBatch.
func (s *Service) publishBatch(ctx context.Context, f form) (any, error) {
	t, err := s.topic(f.get("TopicArn"))
	if err != nil {
		return nil, err
	}
	entries := f.list("PublishBatchRequestEntries")
	switch {
	case len(entries) == 0:
		return nil, &failure{"EmptyBatchRequest", 400, "The batch request doesn't contain any entries."}
	case len(entries) > maxBatch:
		return nil, &failure{"TooManyEntriesInBatchRequest", 400, "The batch request contains more entries than permissible."}
	}
	seen, total := map[string]bool{}, 0
	var result batchResult
	var good []message
	for _, prefix := range entries {
		id := f.get(prefix + "Id")
		switch {
		case !batchID.MatchString(id):
			return nil, &failure{"InvalidBatchEntryId", 400, "The Id of a batch entry has 1 to 80 letters, digits, hyphens and underscores."}
		case seen[id]:
			return nil, &failure{"BatchEntryIdsNotDistinct", 400, "Two or more batch entries in the request have the same Id."}
		}
		seen[id] = true
		m, err := f.message(prefix)
		total += m.size()
		if err != nil {
			fail := asFailure(err)
			result.Failed = append(result.Failed, batchFailure{id, fail.code, fail.message, fail.status < 500})
			continue
		}
		m.id = newID()
		good = append(good, m)
		result.Successful = append(result.Successful, batchSuccess{id, m.id})
	}
	if total > maxBytes {
		return nil, &failure{"BatchRequestTooLong", 400, "The length of all the batch messages put together is more than the limit."}
	}
	if err := s.publishToTopic(ctx, t, good); err != nil {
		return nil, err
	}
	return result, nil
}

// topic finds a topic by its ARN.
func (s *Service) topic(arn string) (*topic, error) {
	if arn == "" {
		return nil, invalid("TopicArn", "no value for required parameter")
	}
	if t := s.topics[arn]; t != nil {
		return t, nil
	}
	return nil, &failure{"NotFound", 404, fmt.Sprintf("Topic does not exist: %s", arn)}
}
