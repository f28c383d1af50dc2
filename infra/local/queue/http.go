package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// TargetPrefix begins the X-Amz-Target header of every SQS call.
const TargetPrefix = "AmazonSQS."

// account is the account id in queue URLs.
const account = "000000000000"

// maxRequest bounds a request: ten messages of base64 in JSON fit.
const maxRequest = 8 << 20

// failure is an error as the protocol tells it: the modern name, the one of the older query protocol
// that SDKs still compare, and the HTTP status.
type failure struct {
	name, query string
	status      int
	message     string
}

func (f *failure) Error() string { return f.message }

func invalid(format string, args ...any) error {
	return &failure{"InvalidParameterValue", "InvalidParameterValue", 400, fmt.Sprintf(format, args...)}
}

// asFailure turns any error into the one the caller sees.
func asFailure(err error) *failure {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, ErrNoQueue):
		return &failure{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", 400, "The specified queue does not exist."}
	case errors.Is(err, ErrReceiptHandle):
		return &failure{"ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404, "The input receipt handle is invalid."}
	case errors.Is(err, ErrNotInFlight):
		return &failure{"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", 400, "The message is not in flight."}
	case errors.Is(err, ErrInvalidContent):
		return &failure{"InvalidMessageContents", "InvalidMessageContents", 400, err.Error()}
	case errors.Is(err, ErrTooLong):
		return &failure{"InvalidParameterValue", "InvalidParameterValue", 400, err.Error()}
	}
	return &failure{"InternalError", "InternalFailure", 500, "The state could not be read or written."}
}

// action is one operation of the protocol: JSON in, a value that becomes JSON out.
type action func(s *Service, ctx context.Context, host string, body []byte) (any, error)

// actions maps the operations that this service knows.
func actions(name string) action {
	switch name {
	case "ListQueues":
		return listQueues
	case "GetQueueUrl":
		return getQueueURL
	case "GetQueueAttributes":
		return getQueueAttributes
	case "SendMessage":
		return sendMessage
	case "SendMessageBatch":
		return sendMessageBatch
	case "ReceiveMessage":
		return receiveMessage
	case "DeleteMessage":
		return deleteMessage
	case "DeleteMessageBatch":
		return deleteMessageBatch
	case "ChangeMessageVisibility":
		return changeMessageVisibility
	case "PurgeQueue":
		return purgeQueue
	case "StartMessageMoveTask":
		return startMessageMoveTask
	}
	return nil
}

// ServeHTTP answers the SQS JSON protocol.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("x-amzn-RequestId", newID())
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), TargetPrefix)
	do := actions(name)
	if do == nil {
		fail(w, &failure{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", 400,
			fmt.Sprintf("The local queues do not know the operation %q. Queues are made from the template.", name)})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		fail(w, invalid("the request could not be read: %v", err))
		return
	}
	answer, err := do(s, r.Context(), r.Host, body)
	if err != nil {
		fail(w, err)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// fail writes err as the protocol does.
func fail(w http.ResponseWriter, err error) {
	f := asFailure(err)
	kind := "Sender"
	if f.status >= 500 {
		kind = "Receiver"
	}
	w.Header().Set("x-amzn-query-error", f.query+";"+kind)
	w.WriteHeader(f.status)
	json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.sqs#" + f.name, "message": f.message})
}

// read decodes a request and finds the queue that it is about.
func read(s *Service, body []byte, into interface{ queueURL() string }) (*Queue, error) {
	if err := json.Unmarshal(body, into); err != nil {
		return nil, invalid("the request is not the JSON that this operation takes: %v", err)
	}
	if into.queueURL() == "" {
		return nil, &failure{"MissingRequiredParameterException", "MissingParameter", 400, "The request must contain the parameter QueueUrl."}
	}
	return s.Queue(into.queueURL())
}

// target is the part that most requests share.
type target struct {
	QueueURL string `json:"QueueUrl"`
}

func (t *target) queueURL() string { return t.QueueURL }

// url is where a queue is found from outside.
func (q *Queue) url(host string) string {
	return "http://" + host + "/" + account + "/" + q.config.Name
}
