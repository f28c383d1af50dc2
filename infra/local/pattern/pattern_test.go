package pattern

import (
	"encoding/json"
	"testing"
)

func TestMatchBody(t *testing.T) {
	for name, c := range map[string]struct {
		policy string
		yes    []string
		no     []string
	}{
		"ExactText":           {`{"a":["x","y"]}`, []string{`{"a":"x"}`, `{"a":"y","b":1}`}, []string{`{"a":"z"}`, `{}`, `{"a":1}`, `{"b":"x"}`}},
		"AllKeysMustMatch":    {`{"a":["x"],"b":["y"]}`, []string{`{"a":"x","b":"y"}`}, []string{`{"a":"x"}`, `{"b":"y"}`}},
		"ExactNumberByValue":  {`{"a":[1]}`, []string{`{"a":1}`, `{"a":1.0}`}, []string{`{"a":"1"}`, `{"a":2}`}},
		"TrueAndNull":         {`{"a":[true,null]}`, []string{`{"a":true}`, `{"a":null}`}, []string{`{"a":false}`, `{}`}},
		"AnyElementOfAList":   {`{"a":["x"]}`, []string{`{"a":["w","x"]}`}, []string{`{"a":["w"]}`, `{"a":[]}`}},
		"Prefix":              {`{"a":[{"prefix":"ab"}]}`, []string{`{"a":"abc"}`}, []string{`{"a":"xab"}`, `{"a":1}`}},
		"Suffix":              {`{"a":[{"suffix":"bc"}]}`, []string{`{"a":"abc"}`}, []string{`{"a":"bcd"}`}},
		"IgnoreCase":          {`{"a":[{"equals-ignore-case":"AbC"}]}`, []string{`{"a":"aBc"}`}, []string{`{"a":"abcd"}`}},
		"AnythingButValues":   {`{"a":[{"anything-but":["x",1]}]}`, []string{`{"a":"y"}`, `{"a":2}`}, []string{`{"a":"x"}`, `{"a":1}`, `{}`}},
		"AnythingButOne":      {`{"a":[{"anything-but":"x"}]}`, []string{`{"a":"y"}`}, []string{`{"a":"x"}`}},
		"AnythingButPrefix":   {`{"a":[{"anything-but":{"prefix":"x"}}]}`, []string{`{"a":"yx"}`}, []string{`{"a":"xy"}`}},
		"NumericRange":        {`{"a":[{"numeric":[">",0,"<=",5]}]}`, []string{`{"a":5}`, `{"a":0.1}`}, []string{`{"a":0}`, `{"a":5.1}`, `{"a":"3"}`}},
		"NumericEqual":        {`{"a":[{"numeric":["=",3]}]}`, []string{`{"a":3.0}`}, []string{`{"a":3.1}`}},
		"Exists":              {`{"a":[{"exists":true}]}`, []string{`{"a":"x"}`, `{"a":null}`}, []string{`{}`}},
		"ExistsNot":           {`{"a":[{"exists":false}]}`, []string{`{}`, `{"b":1}`}, []string{`{"a":"x"}`}},
		"NestedKeys":          {`{"a":{"b":["x"]}}`, []string{`{"a":{"b":"x"}}`, `{"a":[{"b":"w"},{"b":"x"}]}`}, []string{`{"a":"x"}`, `{"b":"x"}`}},
		"Or":                  {`{"$or":[{"a":["x"]},{"b":["y"]}],"c":["z"]}`, []string{`{"a":"x","c":"z"}`, `{"b":"y","c":"z"}`}, []string{`{"a":"x"}`, `{"c":"z"}`}},
		"OrWithinAnObject":    {`{"o":{"$or":[{"a":["x"]},{"b":["y"]}]}}`, []string{`{"o":{"b":"y"}}`}, []string{`{"b":"y"}`}},
		"NotJSONMatchesNever": {`{"a":[{"exists":false}]}`, nil, []string{`plain text`}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(c.policy))
			if err != nil {
				t.Fatal(err)
			}
			for _, body := range c.yes {
				if !p.MatchBody([]byte(body)) {
					t.Errorf("does not match %s", body)
				}
			}
			for _, body := range c.no {
				if p.MatchBody([]byte(body)) {
					t.Errorf("matches %s", body)
				}
			}
		})
	}
}

func TestMatchValues(t *testing.T) {
	p, err := Parse([]byte(`{"kind":["alert"],"size":[{"numeric":["<",3]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if !p.MatchValues(map[string][]any{"kind": {"event", "alert"}, "size": {json.Number("2")}}) {
		t.Error("does not match")
	}
	if p.MatchValues(map[string][]any{"kind": {"event"}, "size": {json.Number("2")}}) {
		t.Error("matches")
	}
}

func TestParse(t *testing.T) {
	for name, policy := range map[string]string{
		"ErrNotJSON":         `{`,
		"ErrNotAnObject":     `[]`,
		"ErrValueNotInAList": `{"a":"x"}`,
		"ErrEmptyList":       `{"a":[]}`,
		"ErrUnknownOperator": `{"a":[{"wildcard":"x*"}]}`,
		"ErrTwoOperators":    `{"a":[{"prefix":"x","suffix":"y"}]}`,
		"ErrPrefixOfNumber":  `{"a":[{"prefix":1}]}`,
		"ErrNumericOperator": `{"a":[{"numeric":["!",1]}]}`,
		"ErrNumericText":     `{"a":[{"numeric":["=","1"]}]}`,
		"ErrExistsText":      `{"a":[{"exists":"yes"}]}`,
		"ErrOrOfOne":         `{"$or":[{"a":["x"]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse([]byte(policy)); err == nil {
				t.Error("accepted")
			}
		})
	}
}
