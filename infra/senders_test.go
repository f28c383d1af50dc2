package infra_test

import (
	"fmt"
	"testing"
)

// TestWhoMaySend sees to it that nobody outside can put a reply, a receipt or a job where functions take them: queues take from
// one source that the policy names, topics from AWS's own services, from partners who only read, and from roles of the stack.
func TestWhoMaySend(t *testing.T) {
	s := load(t, "../template.yaml")
	checked := 0
	for _, kind := range []string{"AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"} {
		for id, r := range s.of(kind) {
			statements, ok := at(r.Properties, "PolicyDocument", "Statement").([]any)
			if !ok || len(statements) == 0 {
				t.Errorf("%s has no statement", id)
			}
			for _, statement := range statements {
				if list, ok := statement.([]any); ok && len(list) == 3 { // one of two, by a condition
					statement = list[1]
				}
				if at(statement, "Effect") != "Allow" {
					continue
				}
				checked++
				principal := at(statement, "Principal")
				if principal == "*" || at(principal, "AWS") == "*" || principal == nil {
					t.Errorf("%s lets anybody %v", id, at(statement, "Action"))
				}
				if kind == "AWS::SQS::QueuePolicy" {
					if from := fmt.Sprint(at(statement, "Condition")); at(principal, "Service") == nil || at(statement, "Condition") == nil || len(from) < 20 {
						t.Errorf("%s takes from any %v", id, principal)
					}
				}
			}
		}
	}
	if checked < 4 {
		t.Errorf("%d statements", checked)
	}
	for id, r := range s.of("AWS::Serverless::Function") {
		if at(r.Properties, "FunctionUrlConfig") != nil {
			t.Errorf("%s has an address of its own", id)
		}
	}
	for id, r := range s.of("AWS::Lambda::Permission") {
		if at(r.Properties, "SourceArn") == nil {
			t.Errorf("%s lets a whole service in", id)
		}
	}
	if len(s.of("AWS::Lambda::Url")) > 0 {
		t.Error("a function has an address of its own")
	}
}
