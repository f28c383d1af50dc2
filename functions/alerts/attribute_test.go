package main

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

type attribute = types.AttributeValue

func text(value string) attribute { return &types.AttributeValueMemberS{Value: value} }
