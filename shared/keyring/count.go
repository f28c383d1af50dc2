package keyring

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/secret"
)

// Sealed gives every value of an item that a key of a keyset has sealed, wherever in it that is.
func Sealed(item map[string]types.AttributeValue) []string {
	var found []string
	for _, value := range item {
		found = append(found, sealedIn(value)...)
	}
	return found
}

func sealedIn(value types.AttributeValue) (found []string) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		if strings.HasPrefix(v.Value, secret.FieldMark) {
			if _, ok := KeyOf(v.Value); ok {
				return []string{v.Value}
			}
		}
	case *types.AttributeValueMemberM:
		return Sealed(v.Value)
	case *types.AttributeValueMemberL:
		for _, one := range v.Value {
			found = append(found, sealedIn(one)...)
		}
	}
	return found
}

// Count counts the values of a table by the key that they were sealed with. It reads the whole table, strongly consistent; each is
// called with how many items a page had.
func Count(ctx context.Context, client *dynamodb.Client, table string, each func(items int)) (map[KeyID]int, error) {
	counts, consistent := map[KeyID]int{}, true
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("keyring: counting: %w", err)
		}
		for _, item := range page.Items {
			for _, sealed := range Sealed(item) {
				id, _ := KeyOf(sealed)
				counts[id]++
			}
		}
		each(len(page.Items))
	}
	return counts, nil
}
