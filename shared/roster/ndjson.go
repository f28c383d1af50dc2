package roster

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// objects reads the rows of NDJSON: one flat JSON object a line. A key is matched by the same titles as a column.
type objects struct {
	scanner *scanner
	decode  func(string) string // nil for UTF-8
	header  *header             // takes the keys as this row writes them
	most    int

	keys  map[string]key // seen before
	cells [columnCount]string
}

type key struct {
	column Column
	known  bool
	text   string
}

// ownTitles are the design's own names, which a row has for the columns that it does not name.
var ownTitles = func() (own [columnCount]string) {
	for c := range own {
		own[c] = Column(c).String()
	}
	return own
}()

// objectHeader is the header of rows that each name their own columns: a place for every column.
func objectHeader() header {
	h := header{title: ownTitles}
	for c := range h.at {
		h.at[c] = c
	}
	return h
}

func (o *objects) next() (record, error) {
	row, err := o.scanner.next()
	if err != nil {
		return record{}, err
	}
	rec := record{line: row.line, cells: o.cells[:]}
	o.cells, o.header.title = [columnCount]string{}, ownTitles
	if rec.blank = len(bytes.TrimSpace(row.text)) == 0; rec.blank {
		return rec, nil
	}
	text := string(row.text)
	if o.decode != nil {
		text = o.decode(text)
	}
	var seen [columnCount]bool
	rec.problem, rec.fix = readObject(text, o.most, func(name, value string) (problem, fix string) {
		k := o.key(name)
		if !k.known {
			return "", ""
		}
		if seen[k.column] {
			return "two keys hold the same thing, " + k.column.String(), "Keep one of the two."
		}
		seen[k.column] = true
		o.cells[k.column], o.header.title[k.column] = value, k.text
		return "", ""
	})
	return rec, nil
}

// key finds the column of a key, and remembers it.
func (o *objects) key(name string) key {
	if k, ok := o.keys[name]; ok {
		return k
	}
	k := key{text: strings.Clone(name)}
	k.column, k.known = byTitle[foldTitle(name)]
	remember(&o.keys, name, k)
	return k
}

const (
	notObject    = "the line is not one JSON object"
	fixNotObject = "Write one JSON object a line, and nothing else on it."
)

// readObject gives each key of a flat object and its value as a cell's text to take, which may object.
func readObject(text string, most int, take func(name, value string) (problem, fix string)) (problem, fix string) {
	rest := strings.TrimLeft(text, " \t")
	if !strings.HasPrefix(rest, "{") {
		return notObject, fixNotObject
	}
	if problem, fix := nested(rest); problem != "" {
		return problem, fix
	}
	if !json.Valid([]byte(rest)) {
		return notObject, fixNotObject
	}
	rest = skipSpace(rest[1:])
	for keys := 0; rest[0] != '}'; keys++ {
		if keys == most {
			return "the object has more than " + strconv.Itoa(most) + " keys", "Keep the keys that are needed."
		}
		var name, value string
		name, rest = cutString(rest)
		rest = skipSpace(skipSpace(rest)[1:])
		value, rest = cutValue(rest)
		if problem, fix := take(name, value); problem != "" {
			return problem, fix
		}
		if rest = skipSpace(rest); rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
	}
	return "", ""
}

// nested refuses an object with lists or objects in it, before anything follows them down.
func nested(object string) (problem, fix string) {
	depth, quoted := 0, false
	for i := 0; i < len(object); i++ {
		switch c := object[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{' && depth > 0:
			return "a value is itself a list or an object", "Write plain values only: text, numbers, true, false or null."
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
	}
	return "", ""
}

func skipSpace(text string) string { return strings.TrimLeft(text, " \t\r\n") }

// cutString cuts a string off valid JSON.
func cutString(text string) (value, rest string) {
	end, escaped := 1, false
	for text[end] != '"' {
		if text[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	raw := text[:end+1]
	if escaped && utf8.ValidString(raw) { // what is not UTF-8 stays as it is, and is rejected as a cell
		if json.Unmarshal([]byte(raw), &value) == nil {
			return value, text[end+1:]
		}
	}
	return raw[1:end], text[end+1:]
}

// cutValue cuts a plain value off valid JSON.
func cutValue(text string) (value, rest string) {
	if text[0] == '"' {
		return cutString(text)
	}
	end := strings.IndexAny(text, ",} \t\r\n")
	value, rest = text[:end], text[end:]
	switch value {
	case "null":
		return "", rest
	case "true", "false":
		return value, rest
	}
	return plainNumber(value), rest
}

// plainNumber writes a whole number, such as an A-number, without exponent and point: 1.234567E+06 is 1234567.
func plainNumber(text string) string {
	if len(text) > 40 || !strings.ContainsAny(text, ".eE") {
		return text
	}
	const exact = 1 << 53
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) >= exact {
		return text
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// checkObjects refuses a file of which the first lines are no objects, or name no columns that are needed. A line that
// goes beyond the start of the file that is at hand, is left to be judged as a row.
func checkObjects(s *scanner, whole func() bool, most int) (ignored []string, err error) {
	const enough = 10
	var problem error
	seen := map[string]bool{}
	understood := false
	for lines := 0; lines < enough; {
		row, err := s.next()
		if err != nil || !whole() {
			break
		}
		if len(bytes.TrimSpace(row.text)) == 0 {
			continue
		}
		lines++
		var names []string
		invalid, fix := readObject(string(row.text), most, func(name, _ string) (string, string) {
			if utf8.ValidString(name) {
				names = append(names, name)
			}
			return "", ""
		})
		if invalid != "" {
			if problem == nil {
				problem = &FileError{Problem: "none of the first lines can be understood: " + invalid, Fix: fix}
			}
			continue
		}
		h, missing := readHeader(names)
		var file *FileError
		switch {
		case missing == nil || len(h.missing()) == 0: // two keys for one column are the row's fault
			understood = true
		case problem == nil:
			if errors.As(missing, &file) {
				problem = &FileError{Problem: "the keys of the first objects cannot be understood: " + file.Problem, Fix: file.Fix}
			}
		}
		for _, name := range h.ignored {
			if !seen[name] && len(ignored) < most {
				seen[name] = true
				ignored = append(ignored, name)
			}
		}
	}
	if understood {
		problem = nil
	}
	return ignored, problem
}
