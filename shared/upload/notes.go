package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"voice.example/shared/roster"
)

// note is a reject or a warning; they are kept from validate to report in plans/UPLOAD_ID/notes-N.ndjson.
type note struct {
	Reject  *roster.Reject `json:"reject,omitempty"`
	Warning *roster.Reject `json:"warning,omitempty"`
}

func notesPrefix(uploadID string) string { return "plans/" + uploadID + "/notes-" }

// notes gathers rejects and warnings.
type notes struct {
	body                        bytes.Buffer
	rejects, warnings, unlisted int
}

func (n *notes) reject(rejects ...roster.Reject) {
	for i := range rejects {
		if n.rejects++; n.rejects > maxListed {
			n.unlisted++
			continue
		}
		n.add(note{Reject: &rejects[i]})
	}
}

func (n *notes) warn(warnings ...roster.Reject) {
	for i := range warnings {
		if n.warnings++; n.warnings <= maxListed {
			n.add(note{Warning: &warnings[i]})
		}
	}
}

func (n *notes) add(line note) {
	_ = json.NewEncoder(&n.body).Encode(line) // strings and numbers into memory: it cannot fail
}

// writeNotes keeps the notes of a unit of work, if there are any. The names of steps sort as they follow one another.
func (p *Pipeline) writeNotes(ctx context.Context, u *item, step string, i int, n *notes) error {
	if n.body.Len() == 0 {
		return nil
	}
	key := fmt.Sprintf("%s%s-%05d.ndjson", notesPrefix(u.ID), step, i)
	return p.write(ctx, u.Bucket, key, "application/x-ndjson", n.body.Bytes())
}

// eachNote gives all notes of an upload, in the order of their lines as far as they came of reading it.
func (p *Pipeline) eachNote(ctx context.Context, u *item, each func(note) error) error {
	keys, err := p.list(ctx, u.Bucket, notesPrefix(u.ID))
	if err != nil {
		return err
	}
	for _, step := range []string{"validate", "write"} {
		for _, key := range keys {
			if !bytes.HasPrefix([]byte(key), []byte(notesPrefix(u.ID)+step)) {
				continue
			}
			data, err := p.read(ctx, u.Bucket, key, 0, 0)
			if err != nil {
				return err
			}
			for in := json.NewDecoder(bytes.NewReader(data)); in.More(); {
				var n note
				if err := in.Decode(&n); err != nil {
					return fmt.Errorf("upload: %s cannot be read: %w", key, err)
				}
				if err := each(n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
