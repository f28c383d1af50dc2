// Package lookout finds in what a program prints what is somebody's: phones, A-numbers, names, addresses and sentences that it was
// told, as they are written, encoded as for a URL, or in base 64. Tests and the soak use it, with invented people.
package lookout

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// People is everything of people's that tests have told a service: what no log may have. The zero value is ready, and may
// be used by several goroutines.
type People struct {
	mu      sync.Mutex
	numbers map[string]bool // digits of phones and A-numbers, without leading zeros
	words   map[string]bool // names and code words, in small letters
	mails   map[string]bool // addresses, in small letters
	phrases map[string]bool // what somebody wrote, in small letters
}

// Number notes a phone or an A-number, however it is written.
func (p *People) Number(text string) { p.note(&p.numbers, significant(text)) }

// Name notes a name, or another word that nothing else is called by, of six letters or more.
func (p *People) Name(text string) { p.note(&p.words, strings.ToLower(text)) }

func (p *People) note(to *map[string]bool, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if *to == nil {
		*to = map[string]bool{}
	}
	(*to)[text] = true
}

var (
	uuids    = regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`)
	numbers  = regexp.MustCompile(`[+A]?\d[\d() .-]{5,}\d`)
	dates    = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
	words    = regexp.MustCompile(`[A-Za-z]{6,}`)
	mails    = regexp.MustCompile(`[\w.+%-]+(?:@|%40|\\u0040)[\w-]+(?:\.[\w-]+)+`)
	encoded  = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}={0,2}`)
	mailSign = strings.NewReplacer("%40", "@", `\u0040`, "@")
)

// Typed notes what somebody typed or sent, by what it looks like: an address of mail, a phone or an A-number, a sentence. What is
// shorter or something else, such as a date or the name of a state, is not noted.
func (p *People) Typed(text string) {
	text = strings.TrimSpace(text)
	digits := len(significant(text))
	switch {
	case mails.FindString(text) == text && text != "":
		p.note(&p.mails, strings.ToLower(text))
	case digits >= 7 && digits <= 15 && numbers.FindString(text) == text && !dates.MatchString(text):
		p.Number(text)
	case len(text) >= 12 && len(text) < 2000 && strings.Contains(text, " "):
		p.note(&p.phrases, strings.ToLower(text))
	}
}

// personal are the fields of forms and of JSON whose values are somebody's.
var personal = map[string]bool{"a_number": true, "phone": true, "second_phone": true, "email": true, "code_word": true, "message": true,
	"note": true, "safety": true, "text": true, "why": true, "name": true}

// Sent notes what is somebody's in the body of a request: JSON, or a form.
func (p *People) Sent(kind, body string) {
	switch {
	case strings.HasPrefix(kind, "application/json"):
		var value any
		if json.Unmarshal([]byte(body), &value) == nil {
			p.sent("", value)
		}
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		if form, err := url.ParseQuery(body); err == nil {
			for name, values := range form {
				for _, value := range values {
					p.sent(name, value)
				}
			}
		}
	}
}

func (p *People) sent(name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, one := range value {
			p.sent(name, one)
		}
	case []any:
		for _, one := range value {
			p.sent(name, one)
		}
	case string:
		switch {
		case name == "code_word" && words.FindString(value) == value && value != "":
			p.Name(value)
		case personal[name]:
			p.Typed(value)
		}
	}
}

// In finds something of somebody's in a text: a number however it is divided, a name, an address, what they wrote; in the clear,
// encoded as for a URL, or in base 64. It is "" when there is nothing.
func (p *People) In(body string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found := p.plainly(body); found != "" {
		return found
	}
	for _, text := range encoded.FindAllString(body, -1) {
		tidy := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(text)
		for skip := range 4 { // it may begin within something else that is encoded
			if skip >= len(tidy) {
				break
			}
			part := tidy[skip:]
			raw, err := base64.RawStdEncoding.DecodeString(part[:len(part)/4*4])
			if err == nil && p.plainly(string(raw)) != "" {
				return text
			}
			if raw, err = base64.RawStdEncoding.DecodeString(part); err == nil && p.plainly(string(raw)) != "" {
				return text
			}
		}
	}
	return ""
}

// plainly is In for what is not in base 64.
func (p *People) plainly(body string) string {
	plain := uuids.ReplaceAllString(body, "-")
	for _, at := range numbers.FindAllStringIndex(plain, -1) {
		if p.numbers[significant(plain[at[0]:at[1]])] {
			return plain[at[0]:at[1]]
		}
	}
	for _, word := range words.FindAllString(plain, -1) {
		if p.words[strings.ToLower(word)] {
			return word
		}
	}
	for _, mail := range mails.FindAllString(plain, -1) {
		if p.mails[strings.ToLower(mailSign.Replace(mail))] {
			return mail
		}
	}
	if len(p.phrases) > 0 {
		small := strings.ToLower(plain)
		for phrase := range p.phrases {
			if at := strings.Index(small, phrase); at >= 0 {
				return plain[at : at+len(phrase)]
			}
		}
	}
	return ""
}

// significant is the digits of a number, without leading zeros and a phone's country code.
func significant(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	if len(digits) == 11 {
		digits = strings.TrimPrefix(digits, "1")
	}
	return strings.TrimLeft(digits, "0")
}

// String keeps people out of what a failed test prints.
func (p *People) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%d numbers, %d names, %d addresses, %d sentences", len(p.numbers), len(p.words), len(p.mails), len(p.phrases))
}
