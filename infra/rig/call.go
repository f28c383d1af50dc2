package rig

import (
	"net/http"
	"net/url"

	"voice.example/infra/local/permission"
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
	_, service := permission.Signer(r)
	c := Call{Service: service, Operation: permission.Operation(r, service, body)}
	if service == "sns" {
		form, _ := url.ParseQuery(string(body)) // what is no form has no phone either
		if c.To = form.Get("PhoneNumber"); c.To != "" {
			c.Service = "sms"
		}
	}
	return c
}
