package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

//go:embed locales/*.json
var locales embed.FS

// catalogue is all messages of one language. It is ours and no library's since those for Go make text/template of each
// message: a template can call any method, so that the linker keeps all there are, and functions are twice as large.
type catalogue struct {
	language Language
	files    [][]byte // as they are written: a process says few of their messages, and to read all takes a millisecond
	read     sync.Map // by id, the messages that were said: *message
	reported sync.Map // ids that were logged as unusable
}

func load(l Language) *catalogue {
	c := &catalogue{language: l}
	kinds := []string{"texts"}
	if slices.Contains(PageLanguages(), l) {
		kinds = append(kinds, "pages")
	}
	for _, kind := range kinds {
		path := fmt.Sprintf("locales/%s.%s.json", kind, l)
		content, err := locales.ReadFile(path)
		if err != nil {
			slog.Error("catalogue cannot be read", "file", path, "error", err)
			continue
		}
		c.files = append(c.files, content)
	}
	return c
}

func (c *catalogue) text(id string, data map[string]any) string {
	text, err := c.say(id, data)
	if err == nil {
		return text
	}
	if _, again := c.reported.LoadOrStore(id, true); !again {
		slog.Error("message cannot be said", "message", id, "language", string(c.language), "error", err)
	}
	return id
}

var (
	errNoMessage = errors.New("there is no such message")
	errShape     = errors.New("it is neither a text nor the forms one and other")
)

// say fills a message in, in the form for the placeholder Count.
func (c *catalogue) say(id string, data map[string]any) (string, error) {
	m, err := c.message(id)
	if err != nil {
		return "", err
	}
	if m.one != nil && c.isOne(data["Count"]) {
		return m.one.fill(data)
	}
	return m.other.fill(data)
}

// isOne reports whether a number takes the form "one", by Unicode's rules for the languages that are spoken and have it.
func (c *catalogue) isOne(count any) bool {
	zeroIsOne := c.language == French || c.language == Portuguese
	return count == 1 || count == 0 && zeroIsOne
}

// message is one message: other is its only form, or that for most numbers.
type message struct{ one, other *phrase }

// message reads a message when it is first said.
func (c *catalogue) message(id string) (*message, error) {
	if m, ok := c.read.Load(id); ok {
		return m.(*message), nil
	}
	raw := c.find(id)
	if raw == nil {
		return nil, errNoMessage
	}
	var text string
	var forms struct{ One, Other *string }
	m := new(message)
	switch {
	case json.Unmarshal(raw, &text) == nil:
		m.other = parsePhrase(text)
	case json.Unmarshal(raw, &forms) == nil && forms.Other != nil:
		m.other = parsePhrase(*forms.Other)
		if forms.One != nil {
			m.one = parsePhrase(*forms.One)
		}
	default:
		return nil, errShape
	}
	c.read.Store(id, m)
	return m, nil
}

// find gives the JSON of a message, or nil. Each begins a line of its file, indented by two spaces; a test says every one.
func (c *catalogue) find(id string) (raw json.RawMessage) {
	begin := []byte("\n  \"" + id + "\": ")
	for _, file := range c.files {
		if _, after, ok := bytes.Cut(file, begin); ok && json.NewDecoder(bytes.NewReader(after)).Decode(&raw) == nil {
			return raw
		}
	}
	return nil
}

// phrase is a text around its placeholders: before each name a text, and one after the last.
type phrase struct{ texts, names []string }

func parsePhrase(text string) *phrase {
	p := new(phrase)
	for {
		before, rest, ok := strings.Cut(text, "{{.")
		name, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			p.texts = append(p.texts, text)
			return p
		}
		p.texts, p.names, text = append(p.texts, before), append(p.names, name), after
	}
}

// fill writes the values in. A placeholder without one is an error, and never a gap in what is said to a victim.
func (p *phrase) fill(data map[string]any) (string, error) {
	if len(p.names) == 0 {
		return p.texts[0], nil
	}
	var out strings.Builder
	for i, name := range p.names {
		out.WriteString(p.texts[i])
		switch value := data[name].(type) {
		case nil:
			return "", fmt.Errorf("it lacks the value %s", name)
		case string:
			out.WriteString(value)
		default:
			fmt.Fprint(&out, value)
		}
	}
	out.WriteString(p.texts[len(p.names)])
	return out.String(), nil
}
