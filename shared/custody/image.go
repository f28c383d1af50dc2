package custody

import (
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// FromImage reads a record from a stream record's image, the DynamoDB JSON as Lambda hands it over. An absent
// image (an insert has no old one, a delete no new one) is nil without an error.
func FromImage(image json.RawMessage) (*Record, error) {
	if len(image) == 0 || string(image) == "null" {
		return nil, nil
	}
	item, err := attributevalue.UnmarshalMapJSON(image)
	if err != nil {
		return nil, errors.New("custody: an image is no DynamoDB item") // not why, as of errNoRecord
	}
	if _, ok := item["a_number"].(*types.AttributeValueMemberS); !ok {
		return nil, errors.New("custody: an image has no a_number")
	}
	r, err := decode(item)
	if err != nil {
		return nil, err
	}
	return &r, nil
}
