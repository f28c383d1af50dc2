package rig

import (
	"net/http"
	"net/url"
	"strings"
)

// Call is one call of a function to AWS.
type Call struct {
	Service   string // dynamodb, sns, sms (a text, which SNS takes too), sqs or s3
	Operation string // as AWS calls it; of S3, the method
	To        string // of a text, the phone
}

// String names the kind of call: "dynamodb UpdateItem".
func (c Call) String() string { return c.Service + " " + c.Operation }

func callOf(r *http.Request, body []byte) Call {
	c := Call{Service: serviceOf(r)}
	switch c.Service {
	case "dynamodb", "sqs":
		_, c.Operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	case "sns":
		form, _ := url.ParseQuery(string(body)) // what is no form is no known action either
		c.Operation, c.To = form.Get("Action"), form.Get("PhoneNumber")
		if c.To != "" {
			c.Service = "sms"
		}
	default:
		c.Operation = r.Method
	}
	return c
}
