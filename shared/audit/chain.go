package audit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// chain is the subject of the blocks.
const chain = "chain"

// digestAttribute is the block's attribute that its own digest leaves out.
const digestAttribute = "digest"

// Item is an item of the table, as DynamoDB and its streams give it.
type Item = map[string]types.AttributeValue

// Link is an entry in a block.
type Link struct {
	Key    string `dynamodbav:"key"`    // the entry's subject and its at, a line each
	Until  int64  `dynamodbav:"until"`  // when its life is over: from then on nobody misses it
	Digest string `dynamodbav:"digest"` // of its item
}

// Block is a link of the chain.
type Block struct {
	Subject  string `dynamodbav:"subject"` // chain
	Number   string `dynamodbav:"at"`      // from 000000000001
	Before   string `dynamodbav:"before"`  // the digest of the block before; "" for the first
	SealedAt string `dynamodbav:"sealed_at"`
	Links    []Link `dynamodbav:"links"`
	Digest   string `dynamodbav:"digest"`
}

// Head is the newest block: what is to be noted where nobody can change it.
type Head struct {
	Number int    `json:"number"` // 0: nothing was sealed
	Digest string `json:"digest"`
}

// String is how a head is noted: NUMBER:DIGEST.
func (h Head) String() string { return strconv.Itoa(h.Number) + ":" + h.Digest }

// errHead is a text that is no head.
var errHead = errors.New("audit: a head is written NUMBER:DIGEST")

// ParseHead reads what Head.String wrote.
func ParseHead(text string) (Head, error) {
	number, digest, ok := strings.Cut(text, ":")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || len(digest) != base64.RawURLEncoding.EncodedLen(sha256.Size) {
		return Head{}, errHead
	}
	return Head{n, digest}, nil
}

func blockNumber(n int) string { return fmt.Sprintf("%012d", n) }

func cutKey(text string) (subject, at string) {
	subject, at, _ = strings.Cut(text, "\n")
	return subject, at
}

// keyIn is the key of an item of the table, which always has one.
func keyIn(item Item) (subject, at string) {
	text := func(name string) string {
		if s, ok := item[name].(*types.AttributeValueMemberS); ok {
			return s.Value
		}
		return ""
	}
	return text("subject"), text("at")
}

func keyOf(subject, at string) Item {
	return Item{"subject": &types.AttributeValueMemberS{Value: subject}, "at": &types.AttributeValueMemberS{Value: at}}
}

// linkOf makes the link of an entry's item.
func linkOf(item Item) (Link, error) {
	var e Entry
	if attributevalue.UnmarshalMap(item, &e) != nil || e.Subject == "" || e.At == "" || e.Subject == chain {
		return Link{}, ErrUnreadable
	}
	digest, err := digest(item)
	return Link{Key: e.Subject + "\n" + e.At, Until: e.ExpiresAt, Digest: digest}, err
}

// digestOf is the digest of a block.
func (b Block) digestOf() (string, error) {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return "", fmt.Errorf("audit: encoding a block: %w", err)
	}
	delete(item, digestAttribute)
	return digest(item)
}

// Readable reports whether Seal can read an item that a stream gives. The blocks themselves, and what is no entry, it cannot.
func Readable(item Item) bool {
	_, err := linkOf(item)
	return err == nil
}

// tries is how often a block is written when others write theirs at the same time.
const tries = 20

// Seal puts the items of entries, in the order of the stream, into one block at the end of the chain, and gives the new head.
// Sealing them again makes another block with the same digests, which is no harm. Error: ErrUnreadable.
func (l *Log) Seal(ctx context.Context, items []Item) (Head, error) {
	links := make([]Link, len(items))
	for i, item := range items {
		var err error
		if links[i], err = linkOf(item); err != nil {
			return Head{}, err
		}
	}
	for range tries {
		head, err := l.Head(ctx)
		if err != nil {
			return Head{}, err
		}
		b := Block{Subject: chain, Number: blockNumber(head.Number + 1), Before: head.Digest, SealedAt: l.Now().UTC().Format(time.RFC3339), Links: links}
		if b.Digest, err = b.digestOf(); err != nil {
			return Head{}, err
		}
		item, err := attributevalue.MarshalMap(b)
		if err != nil {
			return Head{}, fmt.Errorf("audit: encoding a block: %w", err)
		}
		condition := "attribute_not_exists(subject)"
		_, err = l.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &l.Name, Item: item, ConditionExpression: &condition})
		if aws.ConditionFailed(err) {
			continue // another has sealed its own meanwhile
		}
		if err != nil {
			return Head{}, fmt.Errorf("audit: sealing: %w", err)
		}
		return Head{head.Number + 1, b.Digest}, nil
	}
	return Head{}, errors.New("audit: others keep sealing")
}

// Head is the newest block.
func (l *Log) Head(ctx context.Context) (Head, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("subject").Equal(expression.Value(chain))).
		WithProjection(expression.NamesList(expression.Name("at"), expression.Name(digestAttribute))).Build()
	if err != nil {
		return Head{}, err
	}
	out, err := l.Client.Query(ctx, &dynamodb.QueryInput{TableName: &l.Name, Limit: sdk.Int32(1), ScanIndexForward: sdk.Bool(false), ConsistentRead: sdk.Bool(true),
		KeyConditionExpression: expr.KeyCondition(), ProjectionExpression: expr.Projection(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil {
		return Head{}, fmt.Errorf("audit: reading the head of the chain: %w", err)
	}
	if len(out.Items) == 0 {
		return Head{}, nil
	}
	var b Block
	if attributevalue.UnmarshalMap(out.Items[0], &b) != nil {
		return Head{}, errBlock
	}
	n, err := strconv.Atoi(b.Number)
	if err != nil {
		return Head{}, errBlock
	}
	return Head{n, b.Digest}, nil
}

// errBlock is an item of the chain that is no block.
var errBlock = errors.New("audit: an item of the chain is no block")

// IsBlock reports whether it was read from an item of the chain.
func (b Block) IsBlock() bool { return b.Subject == chain }
