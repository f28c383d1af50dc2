package rig

import (
	"encoding/json"
	"net/url"
	"reflect"
	"testing"
)

// TestPartial is how batches are divided: what is refused and what is left are all that was asked.
func TestPartial(t *testing.T) {
	asJSON := func(t *testing.T, body []byte) (v any) {
		t.Helper()
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		return v
	}
	for name, c := range map[string]struct{ call, body, rest, answer, joined string }{
		"Keys": {"dynamodb BatchGetItem", `{"RequestItems":{"t":{"Keys":[1,2,3],"ConsistentRead":true}}}`,
			`{"RequestItems":{"t":{"Keys":[2],"ConsistentRead":true}}}`, `{"Responses":{"t":[2]},"UnprocessedKeys":{}}`,
			`{"Responses":{"t":[2]},"UnprocessedKeys":{"t":{"Keys":[1,3],"ConsistentRead":true}}}`},
		"OneKey": {"dynamodb BatchGetItem", `{"RequestItems":{"t":{"Keys":[1]}}}`, ``, `{}`, `{"UnprocessedKeys":{"t":{"Keys":[1]}}}`},
		"Items": {"dynamodb BatchWriteItem", `{"RequestItems":{"t":[1,2]}}`, `{"RequestItems":{"t":[2]}}`, `{}`,
			`{"UnprocessedItems":{"t":[1]}}`},
		"Statements": {"dynamodb BatchExecuteStatement", `{"Statements":[1,2,3]}`, `{"Statements":[2]}`, `{"Responses":[{"TableName":"t"}]}`,
			`{"Responses":[{"Error":{"Code":"ThrottlingError","Message":"a fault of the rig"}},{"TableName":"t"},` +
				`{"Error":{"Code":"ThrottlingError","Message":"a fault of the rig"}}]}`},
		"Messages": {"sqs SendMessageBatch", `{"QueueUrl":"q","Entries":[{"Id":"a"},{"Id":"b"}]}`, `{"QueueUrl":"q","Entries":[{"Id":"b"}]}`,
			`{"Successful":[{"Id":"b"}]}`, `{"Successful":[{"Id":"b"}],"Failed":[{"Id":"a","Code":"InternalError","SenderFault":false}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := batches[c.call]
			rest, refused, err := b.split([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.rest == "" && rest != nil || c.rest != "" && !reflect.DeepEqual(asJSON(t, rest), asJSON(t, []byte(c.rest))) {
				t.Errorf("left is %s, want %s", rest, c.rest)
			}
			joined, err := b.join([]byte(c.answer), refused)
			if err != nil || !reflect.DeepEqual(asJSON(t, joined), asJSON(t, []byte(c.joined))) {
				t.Errorf("the answer is %s (%v), want %s", joined, err, c.joined)
			}
		})
	}
	t.Run("Publish", func(t *testing.T) {
		form := url.Values{"Action": {"PublishBatch"}, "TopicArn": {"arn"}}
		for _, n := range []string{"1", "2", "10"} {
			form.Set(member+n+".Id", "id"+n)
			form.Set(member+n+".Message", "m"+n)
			form.Set(member+n+".MessageAttributes.entry.1.Name", "kind")
		}
		rest, refused, err := splitPublish([]byte(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		want := url.Values{"Action": {"PublishBatch"}, "TopicArn": {"arn"}, member + "1.Id": {"id2"}, member + "1.Message": {"m2"},
			member + "1.MessageAttributes.entry.1.Name": {"kind"}}
		if string(rest) != want.Encode() || !reflect.DeepEqual(refused, []string{"id1", "id10"}) {
			t.Errorf("left is %s, refused %v", rest, refused)
		}
		joined, err := joinPublish([]byte(`<R><PublishBatchResult><Failed></Failed><Successful/></PublishBatchResult></R>`), refused)
		const failed = `<R><PublishBatchResult><Successful/><Failed><member><Id>id1</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>` +
			`<member><Id>id10</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member></Failed></PublishBatchResult></R>`
		if err != nil || string(joined) != failed {
			t.Errorf("the answer is %s (%v)", joined, err)
		}
	})
}
