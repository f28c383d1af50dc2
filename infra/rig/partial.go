package rig

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// batch is how the entries of one call are told apart: split takes every other entry out of a request, beginning with the
// first, and join puts into the answer to the rest that those were refused for now. A request without entries left over is
// not sent: rest is nil, and join is given no answer.
type batch struct {
	split func(body []byte) (rest []byte, refused any, err error)
	join  func(answer []byte, refused any) ([]byte, error)
}

// batches are the calls of which a part can be refused, by Call.String.
var batches = map[string]*batch{
	"dynamodb BatchGetItem":          {splitItems("Keys"), joinItems("UnprocessedKeys")},
	"dynamodb BatchWriteItem":        {splitItems(""), joinItems("UnprocessedItems")},
	"dynamodb BatchExecuteStatement": {splitStatements, joinStatements},
	"sns PublishBatch":               {splitPublish, joinPublish},
	"sqs SendMessageBatch":           {splitEntries, joinEntries},
}

// forwardPart has the service do a part of a batch.
func (l *lane) forwardPart(w http.ResponseWriter, r *http.Request, c Call, body []byte) {
	b := batches[c.String()]
	rest, refused, err := b.split(body)
	if err != nil {
		panic(fmt.Errorf("rig: dividing %s: %w", c, err)) // the server logs it, and the function gets no answer
	}
	answer := nothingDone(c)
	if rest != nil {
		answer = l.forward(r, c, rest)
	}
	if answer.Code != http.StatusOK {
		pass(w, answer, answer.Body.Bytes())
		return
	}
	joined, err := b.join(answer.Body.Bytes(), refused)
	if err != nil {
		panic(fmt.Errorf("rig: the answer to a part of %s: %w", c, err))
	}
	pass(w, answer, joined)
}

// nothingDone is the answer to a batch of which nothing is left, before what was refused is put into it.
func nothingDone(c Call) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	switch c.Service {
	case "sns":
		answer.Header().Set("Content-Type", "text/xml")
		answer.Body.WriteString(`<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful></Successful></PublishBatchResult>` +
			`<ResponseMetadata><RequestId>rig</RequestId></ResponseMetadata></PublishBatchResponse>`)
	default:
		answer.Header().Set("Content-Type", "application/x-amz-json-1.0")
		answer.Body.WriteString(`{}`)
	}
	return answer
}

// divide takes every other one out of a list, beginning with the first.
func divide[T any](all []T) (taken, left []T) {
	for i, one := range all {
		if i%2 == 0 {
			taken = append(taken, one)
		} else {
			left = append(left, one)
		}
	}
	return taken, left
}

type object = map[string]json.RawMessage

// splitItems divides what is asked of each table: under a name of its own, or as it is.
func splitItems(under string) func([]byte) ([]byte, any, error) {
	return func(body []byte) ([]byte, any, error) {
		var request object
		var tables map[string]json.RawMessage
		if err := firstError(json.Unmarshal(body, &request), json.Unmarshal(request["RequestItems"], &tables)); err != nil {
			return nil, nil, err
		}
		refused := map[string]json.RawMessage{}
		for table, asked := range tables {
			about := object{}
			list := asked
			if under != "" {
				if err := json.Unmarshal(asked, &about); err != nil {
					return nil, nil, err
				}
				list = about[under]
			}
			var entries []json.RawMessage
			if err := json.Unmarshal(list, &entries); err != nil {
				return nil, nil, err
			}
			with := func(some []json.RawMessage) json.RawMessage {
				if under == "" {
					return mustJSON(some)
				}
				about[under] = mustJSON(some)
				return mustJSON(about)
			}
			taken, left := divide(entries)
			refused[table] = with(taken)
			if delete(tables, table); len(left) > 0 {
				tables[table] = with(left)
			}
		}
		if len(tables) == 0 {
			return nil, refused, nil
		}
		request["RequestItems"] = mustJSON(tables)
		return mustJSON(request), refused, nil
	}
}

func joinItems(name string) func([]byte, any) ([]byte, error) {
	return func(answer []byte, refused any) ([]byte, error) {
		var out object
		if err := json.Unmarshal(answer, &out); err != nil {
			return nil, err
		}
		out[name] = mustJSON(refused)
		return mustJSON(out), nil
	}
}

// splitStatements divides statements. What is refused is how many there were.
func splitStatements(body []byte) ([]byte, any, error) {
	return splitList(body, "Statements", func(all []json.RawMessage) any { return len(all) })
}

func joinStatements(answer []byte, refused any) ([]byte, error) {
	var out object
	var done []json.RawMessage
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	if out["Responses"] != nil {
		if err := json.Unmarshal(out["Responses"], &done); err != nil {
			return nil, err
		}
	}
	var all []json.RawMessage
	for i := range refused.(int) {
		if i%2 == 1 {
			all, done = append(all, done[0]), done[1:]
			continue
		}
		all = append(all, json.RawMessage(`{"Error":{"Code":"ThrottlingError","Message":"a fault of the rig"}}`))
	}
	out["Responses"] = mustJSON(all)
	return mustJSON(out), nil
}

// splitEntries divides messages. What is refused are their ids.
func splitEntries(body []byte) ([]byte, any, error) {
	return splitList(body, "Entries", func(all []json.RawMessage) any {
		var ids []string
		for _, one := range first(divide(all)) {
			var entry struct{ Id string }
			_ = json.Unmarshal(one, &entry) // an entry without an id is none that the service would take
			ids = append(ids, entry.Id)
		}
		return ids
	})
}

func joinEntries(answer []byte, refused any) ([]byte, error) {
	var out object
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	var failed []map[string]any
	for _, id := range refused.([]string) {
		failed = append(failed, map[string]any{"Id": id, "Code": "InternalError", "SenderFault": false})
	}
	out["Failed"] = mustJSON(failed)
	return mustJSON(out), nil
}

// splitList divides the list of this name.
func splitList(body []byte, name string, about func(all []json.RawMessage) any) ([]byte, any, error) {
	var request object
	var all []json.RawMessage
	if err := firstError(json.Unmarshal(body, &request), json.Unmarshal(request[name], &all)); err != nil {
		return nil, nil, err
	}
	_, left := divide(all)
	if len(left) == 0 {
		return nil, about(all), nil
	}
	request[name] = mustJSON(left)
	return mustJSON(request), about(all), nil
}

const member = "PublishBatchRequestEntries.member."

// splitPublish divides the messages of a form. What is refused are their ids.
func splitPublish(body []byte) ([]byte, any, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, err
	}
	var numbers []string
	for name := range form {
		if rest, ok := strings.CutPrefix(name, member); ok && strings.HasSuffix(rest, ".Id") {
			numbers = append(numbers, strings.TrimSuffix(rest, ".Id"))
		}
	}
	slices.SortFunc(numbers, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	taken, left := divide(numbers)
	var ids []string
	for _, n := range taken {
		ids = append(ids, form.Get(member+n+".Id"))
	}
	if len(left) == 0 {
		return nil, ids, nil
	}
	out := url.Values{}
	for name, values := range form {
		rest, ok := strings.CutPrefix(name, member)
		n, field, _ := strings.Cut(rest, ".")
		if !ok {
			out[name] = values
		} else if i := slices.Index(left, n); i >= 0 {
			out[fmt.Sprintf("%s%d.%s", member, i+1, field)] = values
		}
	}
	return []byte(out.Encode()), ids, nil
}

func joinPublish(answer []byte, refused any) ([]byte, error) {
	var failed strings.Builder
	for _, id := range refused.([]string) {
		failed.WriteString("<member><Id>")
		if err := xml.EscapeText(&failed, []byte(id)); err != nil {
			return nil, err
		}
		failed.WriteString("</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>")
	}
	text := string(answer)
	for _, shape := range []string{"<Failed></Failed>", "<Failed/>"} {
		text = strings.Replace(text, shape, "", 1)
	}
	const end = "</PublishBatchResult>"
	if !strings.Contains(text, end) || strings.Contains(text, "<Failed>") {
		return nil, fmt.Errorf("an answer that is not understood: %s", text)
	}
	return []byte(strings.Replace(text, end, "<Failed>"+failed.String()+"</Failed>"+end, 1)), nil
}

func first[T any](one, _ T) T { return one }

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func mustJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return text
}
