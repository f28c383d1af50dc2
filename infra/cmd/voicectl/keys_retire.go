package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"voice.example/shared/keyring"
)

const (
	// recovery is how far back DynamoDB puts a table to a point in time.
	recovery = 35
	// soonest is how long after a rotation nobody seals with the old key any more, whatever went wrong, and an hour.
	soonest = keyring.Stale + time.Hour
	// longestRun is longer than any function runs that reads an item, changes it and writes it back.
	longestRun = 65 * time.Second
)

func (p *program) keysRetireCommand() *cobra.Command {
	var set string
	var after time.Duration
	var dry bool
	cmd := &cobra.Command{
		Use: "retire KEY", Short: "Take a key out for good, once nothing needs it", Args: cobra.ExactArgs(1),
		Long: `Takes a key out of its keyset, for good. It reads every table first, twice a minute apart, and refuses as long as anything is sealed
with the key.

What was restored from a backup that is older does not open any more. So it refuses, too, until the key has not sealed for as long as
tables can be put back, 35 days, or backups are kept, if that is longer, and a day. --after says less, if somebody may know the key and
that matters more; not less than 25 hours, within which every function has learned of the new key, and what waits for a code is gone.`,
		Example: "  voicectl keys retire 0a1b2c3d --dry-run\n  voicectl keys retire 0a1b2c3d --after 25h",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := keyset(set)
			if err != nil {
				return err
			}
			id, err := keyring.ParseKeyID(args[0])
			if err != nil {
				return usage("%q is no key: one has eight digits of base 16, as voicectl keys show prints them", plain(args[0]))
			}
			switch {
			case !cmd.Flags().Changed("after"):
				after = p.backupsLast()
			case after < soonest:
				return usage("--after is %s or more: until then a function may still seal with the old key", soonest)
			}
			w, err := p.warden(cmd.Context())
			if err != nil {
				return err
			}
			return w.retire(cmd.Context(), name, id, after, dry)
		},
	}
	keysetFlag(cmd, &set)
	cmd.Flags().DurationVar(&after, "after", 0, "how long it must not have sealed, as 25h (default: as long as backups are kept, and a day)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "look whether it could be, and change nothing")
	return cmd
}

// backupsLast is how long something may be needed that restores a backup, and a day.
func (p *program) backupsLast() time.Duration {
	days := recovery
	if n, err := strconv.Atoi(p.getenv(backupDays)); err == nil {
		days = max(days, n)
	}
	return time.Duration(days+1) * 24 * time.Hour
}

func (w *warden) retire(ctx context.Context, name keyring.Name, id keyring.KeyID, after time.Duration, dry bool) error {
	e, err := w.table.Get(ctx, name)
	if err != nil {
		return w.explain(err)
	}
	var made *keyring.Made
	for i := range e.Keys {
		if e.Keys[i].ID == id {
			made = &e.Keys[i]
		}
	}
	switch {
	case made == nil:
		return fmt.Errorf("%w: %s in %s", keyring.ErrNoKey, id, name)
	case made.Until == nil:
		return keyring.ErrPrimary
	}
	if may := made.Until.Add(after); w.now().Before(may) {
		return fmt.Errorf("%w until %s: it sealed until %s, and backups may hold what only it opens", errKept,
			may.UTC().Format(time.DateTime), made.Until.UTC().Format(time.DateTime))
	}
	for again := range 2 {
		if again > 0 {
			// Whoever had read an item before it was sealed anew has written it back by now, with the old value, if at all.
			if err := w.sleep(ctx, longestRun); err != nil {
				return err
			}
		}
		counts, err := w.count(ctx, name)
		if err != nil {
			return w.explain(err)
		}
		if n := counts[id]; n > 0 {
			next := "voicectl keys reencrypt"
			if name == keyring.Audit {
				next = "the entries of the audit expire with time"
			}
			return fmt.Errorf("%w: %s sealed with it (%s)", errKept, plural(n, "value"), next)
		}
		if dry {
			break
		}
	}
	if !dry {
		if _, err := w.table.Retire(ctx, name, id, w.by); err != nil {
			return w.explain(err)
		}
	}
	return w.print(map[string]any{"keyset": name, "key": id.String(), "retired": !dry}, func(out io.Writer) {
		if dry {
			fmt.Fprintf(out, "Nothing is sealed with %s. It could be retired.\n", id)
			return
		}
		fmt.Fprintf(out, "Key %s is out of the keyset %s, for good.\n", id, name)
	})
}
