package main

import (
	"crypto/rand"
	"path"
	"regexp"
	"strings"
	"time"

	"voice.example/shared/upload"
)

// objectKey names an object: [dry-run/]MODE/[FEED/]TIME-RANDOM-NAME. The time puts a folder in order, the random part
// makes each begun upload a key of its own, and the name is for people.
func objectKey(mode upload.Mode, feed string, dryRun bool, name string, now time.Time) string {
	key := string(mode) + "/"
	if dryRun {
		key = "dry-run/" + key
	}
	if feed != "" {
		key += feed + "/"
	}
	return key + now.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:16]) + "-" + fileName(name)
}

var (
	// feedShape is what upload.ParseKey reads back as the same name.
	feedShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	keyShape  = regexp.MustCompile(`^(dry-run/)?(uploads|roster)/([a-z0-9][a-z0-9-]{0,39}/)?\d{8}T\d{6}Z-[a-z2-7]{16}-[A-Za-z0-9._-]{1,80}$`)
)

// keyPrefix is what objectKey puts before a file's name.
var keyPrefix = regexp.MustCompile(`^\d{8}T\d{6}Z-[a-z2-7]{16}-`)

// isObjectKey reports whether objectKey could have made a key.
func isObjectKey(key string) bool { return keyShape.MatchString(key) }

// nameLength is how much of a file's name is kept: its end, which says what kind of file it is.
const nameLength = 80

// aNumberLike is what may be an A-number in a file's name: nine digits, or fewer after an A. A date has eight.
var aNumberLike = regexp.MustCompile(`(?i)(^|[^a-z])a[-_. ]?\d{2,3}[-_. ]?\d{3}[-_. ]?\d{2,3}|\d{3}[-_. ]?\d{3}[-_. ]?\d{3}`)

// fileName keeps of a file's name what is safe in a key, a log and a header: A-Z a-z 0-9 . _ - and no A-number.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = aNumberLike.ReplaceAllString(name, "${1}x")
	kept := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, name)
	if len(kept) > nameLength {
		kept = kept[len(kept)-nameLength:]
	}
	if kept = strings.TrimLeft(kept, ".-"); kept == "" {
		return "file"
	}
	return kept
}
