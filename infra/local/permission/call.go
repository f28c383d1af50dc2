package permission

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"voice.example/infra/local/template"
)

// ErrUnknownCall says that a call is of a kind whose permissions are not known here. In the gate it is refused: a call that
// nobody has looked up must not pass for one that needs nothing.
var ErrUnknownCall = errors.New("what this call needs is not known here")

// Signer reads who signed a request, and for which service, out of the signature's scope, KEY/DAY/REGION/SERVICE/aws4_request,
// which is in a header or, of a presigned URL, in the query. Both are "" for a request without one.
func Signer(r *http.Request) (key, service string) {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	if scope == "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	}
	return ofScope(scope)
}

func ofScope(scope string) (key, service string) {
	if parts := strings.Split(scope, "/"); len(parts) == 5 {
		return parts[0], parts[3]
	}
	return "", ""
}

// Operation names a call as AWS does: "UpdateItem", "Publish"; of S3, SES and Lambda, whose calls are told by their
// paths, it is the method.
func Operation(r *http.Request, service string, body []byte) string {
	switch service {
	case "sns":
		form, _ := url.ParseQuery(string(body)) // what is no form is no known action either
		return form.Get("Action")
	case "s3", "ses", "lambda":
		return r.Method
	}
	target := r.Header.Get("X-Amz-Target")
	return target[strings.LastIndex(target, ".")+1:]
}

// Needs gives what a call takes, which may be nothing that IAM knows. The body is nil for S3, whose calls are told by their
// heads.
//
// Source: the Service Authorization Reference of each service; of transactions and PartiQL, the Amazon DynamoDB developer
// guide, "Using IAM with DynamoDB transactions" and "IAM security policies with PartiQL"; of texts, the Amazon SNS developer guide.
func Needs(r *http.Request, service string, body []byte) ([]Need, error) {
	operation := Operation(r, service, body)
	switch service {
	case "s3":
		return s3Needs(r), nil
	case "dynamodb":
		return dynamodbNeeds(operation, body)
	case "sns":
		return snsNeeds(operation, body)
	case "ses":
		return sesNeeds(r, body)
	case "lambda":
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/"), "/")
		if name, err := url.PathUnescape(name); err == nil && rest == "invocations" {
			return []Need{{Action: "lambda:InvokeFunction", Resource: arn("lambda", "function:"+name[strings.LastIndex(name, ":")+1:])}}, nil
		}
		return nil, ErrUnknownCall
	}
	var in struct {
		QueueURL            string `json:"QueueUrl"`
		OriginationIdentity string
		StateMachineARN     string `json:"stateMachineArn"`
		ExecutionARN        string `json:"executionArn"`
		KeyID               string `json:"KeyId"`
		EncryptionContext   map[string]string
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("%w: it is not JSON", ErrUnknownCall)
	}
	need := Need{Action: service + ":" + strings.TrimSuffix(operation, "Batch")}
	switch service {
	case "sqs": // SendMessageBatch and the like take what the single calls do
		need.Resource = arn("sqs", in.QueueURL[strings.LastIndex(in.QueueURL, "/")+1:])
	case "sms-voice":
		kind := "phone-number/"
		if strings.HasPrefix(in.OriginationIdentity, "pool-") {
			kind = "pool/"
		}
		need.Resource = arn("sms-voice", kind+in.OriginationIdentity)
	case "states":
		need.Resource = in.StateMachineARN + in.ExecutionARN
	case "kms":
		need.Resource = keyARN(in.KeyID)
		need.Context = map[string]string{}
		for name, value := range in.EncryptionContext {
			need.Context[strings.ToLower("kms:EncryptionContext:"+name)] = value
		}
	default:
		return nil, fmt.Errorf("%w: %s of %s", ErrUnknownCall, operation, service)
	}
	return []Need{need}, nil
}

// keyARN gives a key's ARN, which a call may also name by its id alone. A call that leaves it to the ciphertext which key
// it is names none, and no policy that names keys allows it.
func keyARN(id string) string {
	if id == "" || strings.HasPrefix(id, "arn:") {
		return id
	}
	if strings.HasPrefix(id, "alias/") {
		return arn("kms", id)
	}
	return arn("kms", "key/"+id)
}

func snsNeeds(operation string, body []byte) ([]Need, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: it is no form", ErrUnknownCall)
	}
	to := form.Get("TopicArn") + form.Get("TargetArn")
	if to == "" {
		to = "*" // a phone number has no ARN
	}
	return []Need{{Action: "sns:" + strings.TrimSuffix(operation, "Batch"), Resource: to}}, nil
}

// sesNeeds asks for the sender's address or its domain, whichever SES has verified.
func sesNeeds(r *http.Request, body []byte) ([]Need, error) {
	var in struct{ FromEmailAddress, ConfigurationSetName string }
	if err := json.Unmarshal(body, &in); err != nil || r.URL.Path != "/v2/email/outbound-emails" {
		return nil, ErrUnknownCall
	}
	from := in.FromEmailAddress
	needs := []Need{{
		Action:   "ses:SendEmail",
		Resource: arn("ses", "identity/"+from), Or: []string{arn("ses", "identity/"+from[strings.LastIndex(from, "@")+1:])},
		Context: map[string]string{"ses:fromaddress": from},
	}}
	if in.ConfigurationSetName != "" {
		needs = append(needs, Need{Action: "ses:SendEmail", Resource: arn("ses", "configuration-set/"+in.ConfigurationSetName), Context: needs[0].Context})
	}
	return needs, nil
}

// arn names a resource of the template's account.
func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + template.Region + ":" + template.AccountID + ":" + resource
}
