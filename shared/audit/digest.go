package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// digest is the digest of an item, as the package says it is made.
func digest(item Item) (string, error) {
	h := sha256.New()
	write := func(text string) { fmt.Fprintf(h, "%d:%s", len(text), text) } // a hash takes whatever it is given
	var value func(v types.AttributeValue) error
	fields := func(m Item) error {
		names := make([]string, 0, len(m))
		for name := range m {
			names = append(names, name)
		}
		slices.Sort(names)
		write(strconv.Itoa(len(names)))
		for _, name := range names {
			write(name)
			if err := value(m[name]); err != nil {
				return err
			}
		}
		return nil
	}
	value = func(v types.AttributeValue) error {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			write("S" + v.Value)
		case *types.AttributeValueMemberN:
			write("N" + v.Value)
		case *types.AttributeValueMemberBOOL:
			write("B" + strconv.FormatBool(v.Value))
		case *types.AttributeValueMemberNULL:
			write("0")
		case *types.AttributeValueMemberL:
			write("L" + strconv.Itoa(len(v.Value)))
			for _, one := range v.Value {
				if err := value(one); err != nil {
					return err
				}
			}
		case *types.AttributeValueMemberM:
			write("M")
			return fields(v.Value)
		default:
			return ErrUnreadable // nothing of ours has sets or bytes
		}
		return nil
	}
	if err := fields(item); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)), nil
}
