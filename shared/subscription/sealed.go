package subscription

import (
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/secret"
)

// SealedFields lists what an item of the subscriptions table keeps sealed, so that it can be sealed anew. What waits for a code
// in the limits table is not among it: that is gone within ContactCodeLife and an hour. Errors: ErrUnreadable.
func SealedFields(item map[string]types.AttributeValue) ([]secret.Field, error) {
	var sub Subscription
	if attributevalue.UnmarshalMap(item, &sub) != nil {
		return nil, ErrUnreadable
	}
	fields := []secret.Field{{Path: []any{"phone"}, Purpose: phoneSeal, Of: []string{sub.ID}, Sealed: sub.SealedPhone}}
	for _, kind := range contacts {
		if c := sub.contact(kind); c != nil {
			fields = append(fields, secret.Field{Path: []any{string(kind), "address"}, Purpose: contactSeal + string(kind), Of: []string{sub.ID}, Sealed: c.Sealed})
		}
	}
	return fields, nil
}
