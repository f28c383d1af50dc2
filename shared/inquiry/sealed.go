package inquiry

import (
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/secret"
)

// SealedFields lists what an item of the inquiries table keeps sealed, so that it can be sealed anew. That is no change of the
// inquiry: it has no version of its own and nobody is told. Errors: ErrUnreadable.
func SealedFields(item map[string]types.AttributeValue) ([]secret.Field, error) {
	var i Inquiry
	if attributevalue.UnmarshalMap(item, &i) != nil {
		return nil, ErrUnreadable
	}
	var fields []secret.Field
	add := func(purpose, sealed string, path ...any) {
		if sealed != "" {
			fields = append(fields, secret.Field{Path: path, Purpose: purpose, Sealed: sealed})
		}
	}
	add(contactSeal, i.SealedContact, "contact")
	add(messageSeal, i.SealedMessage, "message")
	for n, e := range i.Timeline {
		add(noteSeal, e.SealedText, "timeline", n, "text")
	}
	return fields, nil
}
