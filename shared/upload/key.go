package upload

import "strings"

// Mode is what a file means.
type Mode string

const (
	Updates Mode = "uploads" // each row is news of one person; who is not in the file is not spoken of
	Roster  Mode = "roster"  // the file is everyone whom the feed holds
)

// DefaultFeed is the feed of files that name none.
const DefaultFeed = "default"

// Key is what an object's key says of an upload: [dry-run/]MODE/[FEED/]NAME. A dry run may leave out the mode.
type Key struct {
	Mode   Mode
	Feed   string // the source of the file, such as a facility's own system: [a-z0-9-]{1,40}; empty if its folder has no such name
	DryRun bool   // the plan is made and reported, and never applied
}

// ParseKey reads an object's key. Its second result is false for a key that is no upload.
func ParseKey(key string) (Key, bool) {
	k := Key{Mode: Updates, Feed: DefaultFeed}
	rest, dry := strings.CutPrefix(key, "dry-run/")
	k.DryRun = dry
	switch {
	case strings.HasPrefix(rest, string(Roster)+"/"):
		k.Mode, rest = Roster, strings.TrimPrefix(rest, string(Roster)+"/")
	case strings.HasPrefix(rest, string(Updates)+"/"):
		rest = strings.TrimPrefix(rest, string(Updates)+"/")
	case !k.DryRun:
		return Key{}, false
	}
	if folder, _, found := strings.Cut(rest, "/"); found {
		k.Feed = slug(folder)
	}
	return k, true
}

// slug makes a feed's name of a folder's: small letters, digits and dashes, 40 at most.
func slug(folder string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, folder), "-")
	return strings.Trim(name[:min(len(name), 40)], "-")
}
