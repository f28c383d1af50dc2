package main

import (
	"regexp"
	"strings"
	"sync"
)

var (
	uuids   = regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`)
	numbers = regexp.MustCompile(`[+A]?\d[\d() .-]{5,}\d`)
	words   = regexp.MustCompile(`[A-Za-z]{6,}`)
)

// private is all that must be in no log.
type private struct {
	mu      sync.Mutex
	numbers map[string]bool // digits, without leading zeros and a country code
	names   map[string]bool // in small letters
}

func newPrivate() *private { return &private{numbers: map[string]bool{}, names: map[string]bool{}} }

func (p *private) name(all ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range all {
		p.names[strings.ToLower(text)] = true
	}
}

func (p *private) number(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.numbers[significant(text)] = true
}

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

// in finds something personal in a text, however a number is divided.
func (p *private) in(body string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	plain := uuids.ReplaceAllString(body, "-")
	for _, at := range numbers.FindAllStringIndex(plain, -1) {
		if p.numbers[significant(plain[at[0]:at[1]])] {
			return plain[at[0]:at[1]]
		}
	}
	for _, word := range words.FindAllString(plain, -1) {
		if p.names[strings.ToLower(word)] {
			return word
		}
	}
	return ""
}
