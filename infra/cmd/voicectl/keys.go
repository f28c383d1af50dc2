package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/spf13/cobra"

	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// The variables that name what keys works on, beside auditTable.
const (
	keysTable          = "VOICE_KEYS_TABLE"
	dataKMSKey         = "VOICE_DATA_KMS_KEY"
	subscriptionsTable = "VOICE_SUBSCRIPTIONS_TABLE"
	limitsTable        = "VOICE_LIMITS_TABLE"
	inquiriesTable     = "VOICE_INQUIRIES_TABLE"
	backupDays         = "VOICE_BACKUP_DAYS"
	dataKey            = "VOICE_DATA_KEY"
)

const aboutKeys = `Shows and changes the keys that seal phones, contacts and what people wrote. They are kept in keysets, which the
deployment's KMS key encrypts; that key rotates by itself and needs nothing of this.

To rotate a key: rotate makes a new one, which seals from now on. reencrypt seals anew what is sealed with another, while the
service runs. retire takes the old one out for good, once nothing needs it any more. The first two can be done at any time, and
again; how often is the agency's to say, and once a year is usual. If somebody may know a key, do all three at once.

The keyset fields is for what is in subscriptions and inquiries; the keyset audit for the reasons in the audit, which nothing may
change: its old keys stay until the entries under them have expired, and reencrypt does not touch it.

It is for operators, and works with AWS credentials, not with the staff's sign-in. What it works on is named by the stack's
output KeysSettings:

  export $(aws cloudformation describe-stacks --stack-name voice --output text \
    --query "Stacks[0].Outputs[?OutputKey=='KeysSettings'].OutputValue")

What a deployment sealed before it had keysets is sealed with its data key; reencrypt needs that in VOICE_DATA_KEY, if there is
any. No text that is opened is ever printed.`

func (p *program) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys", Short: "Show and rotate the keys of what is sealed (for operators)", Long: aboutKeys, Args: noArguments,
		Example: "  voicectl keys show\n  voicectl keys rotate && voicectl keys reencrypt\n  voicectl keys retire 0a1b2c3d",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.keysShowCommand(), p.keysRotateCommand(), p.keysReencryptCommand(), p.keysRetireCommand())
	return cmd
}

// warden works on keysets, and on what they seal.
type warden struct {
	*operator
	table *keyring.Table
	by    string
	// What each keyset seals, by the tables' names.
	seals map[keyring.Name][]string
}

func (p *program) warden(ctx context.Context) (*warden, error) {
	o, err := p.operator(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range []string{keysTable, dataKMSKey, subscriptionsTable, limitsTable, inquiriesTable, auditTable} {
		value := p.getenv(name)
		if value == "" {
			return nil, usage("%s is not set: voicectl keys --help says where it comes from", name)
		}
		found = append(found, value)
	}
	cfg, err := p.aws(ctx)
	if err != nil {
		return nil, fmt.Errorf("AWS credentials: %w", err)
	}
	by := p.getenv("USER")
	if by == "" {
		by = "an operator"
	}
	return &warden{operator: o, by: by, table: &keyring.Table{Client: o.dynamodb, Name: found[0], KMS: kms.NewFromConfig(cfg), Key: found[1], Now: p.now},
		seals: map[keyring.Name][]string{keyring.Fields: found[2:5], keyring.Audit: found[5:]}}, nil
}

// keyset reads the name of a keyset.
func keyset(text string) (keyring.Name, error) {
	for _, name := range keyring.Names() {
		if string(name) == text {
			return name, nil
		}
	}
	return "", usage("there is no keyset %q: there are fields and audit", plain(text))
}

func keysetFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "keyset", string(keyring.Fields), "which keyset: fields or audit")
}

// shownKey is a key as show prints it.
type shownKey struct {
	Keyset keyring.Name `json:"keyset"`
	Key    string       `json:"key"`
	MadeAt time.Time    `json:"made_at"`
	MadeBy string       `json:"made_by"`
	Until  *time.Time   `json:"sealed_until,omitempty"` // none: it seals
	Values *int         `json:"values,omitempty"`       // that are sealed with it; only if they were counted
}

func (p *program) keysShowCommand() *cobra.Command {
	var count bool
	cmd := &cobra.Command{
		Use: "show", Short: "Show which keys there are, and what is sealed with each", Args: noArguments,
		Long: "Shows the keys of both keysets: when each was made, by whom, and until when it sealed. With --count it reads every table that has\n" +
			"something sealed, and counts: one unit per four kilobytes.",
		Example: "  voicectl keys show\n  voicectl keys show --count",
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := p.warden(cmd.Context())
			if err != nil {
				return err
			}
			return w.show(cmd.Context(), count)
		},
	}
	cmd.Flags().BoolVar(&count, "count", false, "count what is sealed with each key")
	return cmd
}

func (w *warden) show(ctx context.Context, count bool) error {
	all := []shownKey{}
	for _, name := range keyring.Names() {
		e, err := w.table.Get(ctx, name)
		if err != nil {
			return w.explain(err)
		}
		var counts map[keyring.KeyID]int
		if count {
			if counts, err = w.count(ctx, name); err != nil {
				return w.explain(err)
			}
		}
		for _, one := range e.Keys {
			shown := shownKey{Keyset: name, Key: one.ID.String(), MadeAt: one.At.UTC(), MadeBy: one.By, Until: one.Until}
			if count {
				n := counts[one.ID]
				shown.Values = &n
			}
			all = append(all, shown)
		}
	}
	return w.print(map[string]any{"keys": all}, func(out io.Writer) {
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEYSET\tKEY\tMADE\tBY\tSEALS\tVALUES")
		for _, k := range all {
			seals, values := "yes", "-"
			if k.Until != nil {
				seals = "until " + k.Until.UTC().Format(time.DateTime)
			}
			if k.Values != nil {
				values = number(*k.Values)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", k.Keyset, k.Key, k.MadeAt.Format(time.DateTime), plain(k.MadeBy), seals, values)
		}
		_ = table.Flush()
	})
}

// count counts what is sealed with each key of a keyset.
func (w *warden) count(ctx context.Context, name keyring.Name) (map[keyring.KeyID]int, error) {
	progress := w.check(w.items(ctx, w.seals[name]), "items")
	defer progress.end()
	all := map[keyring.KeyID]int{}
	for _, table := range w.seals[name] {
		counts, err := keyring.Count(ctx, w.dynamodb, table, func(items int) { progress.add(int64(items)) })
		if err != nil {
			return nil, err
		}
		for id, n := range counts {
			all[id] += n
		}
	}
	return all, nil
}

// items is about how many items tables have, as DynamoDB counts them every six hours; 0 for whoever may not ask.
func (w *warden) items(ctx context.Context, tables []string) (items int) {
	for _, table := range tables {
		if about, err := w.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table}); err == nil {
			items += int(sdk.ToInt64(about.Table.ItemCount))
		}
	}
	return items
}

func (p *program) keysRotateCommand() *cobra.Command {
	var set string
	cmd := &cobra.Command{
		Use: "rotate", Short: "Make a new key, which seals from now on", Args: noArguments,
		Long: "Makes a new key, which seals from now on; the others open what they have sealed. Functions that run use it within ten minutes,\n" +
			"and open at once what others have sealed with it.",
		Example: "  voicectl keys rotate\n  voicectl keys rotate --keyset audit",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := keyset(set)
			if err != nil {
				return err
			}
			w, err := p.warden(cmd.Context())
			if err != nil {
				return err
			}
			e, err := w.table.Rotate(cmd.Context(), name, w.by)
			if err != nil {
				return w.explain(err)
			}
			made := e.Keys[len(e.Keys)-1]
			return w.print(map[string]any{"keyset": name, "key": made.ID.String(), "keys": len(e.Keys)}, func(out io.Writer) {
				fmt.Fprintf(out, "Key %s of the keyset %s seals from now on.\n", made.ID, name)
				if name == keyring.Fields {
					fmt.Fprintln(out, "Now: voicectl keys reencrypt")
				}
			})
		},
	}
	keysetFlag(cmd, &set)
	return cmd
}

// reencrypted is what reencrypt came to.
type reencrypted struct {
	Key    string        `json:"key"`
	Passes int           `json:"passes"`
	DryRun bool          `json:"dry_run,omitempty"`
	Behind int           `json:"behind"` // after the last pass
	Tally  keyring.Tally `json:"tally"`  // of all passes
}

func (p *program) keysReencryptCommand() *cobra.Command {
	var rate int
	var dry bool
	cmd := &cobra.Command{
		Use: "reencrypt", Short: "Seal anew what is sealed with another key than the newest", Args: noArguments,
		Long: `Goes through subscriptions and inquiries, and seals anew with the newest key what is sealed with another. The service goes on
meanwhile: what somebody changes at the same time stays as they changed it, and is seen to in the next pass; nobody is texted, mailed or
counted by it. It can be stopped at any time and run again, and does then what is left.

Each item that is behind costs a write, and reading all of them one unit per four kilobytes.`,
		Example: "  voicectl keys reencrypt --dry-run\n  voicectl keys reencrypt --rate 500",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rate < 1 || rate > 10000 {
				return usage("--rate is from 1 to 10000")
			}
			w, err := p.warden(cmd.Context())
			if err != nil {
				return err
			}
			return w.reencrypt(cmd.Context(), rate, dry)
		},
	}
	cmd.Flags().IntVar(&rate, "rate", 200, "writes a second, at the most")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "count, and change nothing")
	return cmd
}

// mostPasses is how often reencrypt goes through the tables for what was changed under its hands.
const mostPasses = 5

func (w *warden) reencrypt(ctx context.Context, rate int, dry bool) error {
	_, set, err := w.table.Load(ctx, keyring.Fields)
	if err != nil {
		return w.explain(err)
	}
	of := w.getenv(dataKey)
	if of == "" {
		of = rand.Text() + rand.Text() // which has sealed nothing
	}
	keys, err := secret.New(of)
	if err != nil {
		return usage("%s is no data key: %v", dataKey, err)
	}
	fields := keyring.Of(keys, w.table).Fields
	tables := w.seals[keyring.Fields]
	progress := w.check(w.items(ctx, []string{tables[0], tables[2]}), "items")
	defer progress.end()
	pause := time.Second / time.Duration(rate)
	one := keyring.Rewriter{Client: w.dynamodb, Keys: fields, Primary: set.Primary(), DryRun: dry,
		Pause: func(ctx context.Context) error { return w.sleep(ctx, pause) }, Seen: func(items int) { progress.add(int64(items)) }}
	subscriptions, inquiries := one, one
	subscriptions.Table, subscriptions.Key, subscriptions.Fields = tables[0], []string{"a_number", "subscription_id"}, subscription.SealedFields
	inquiries.Table, inquiries.Key, inquiries.Fields = tables[2], []string{"reference"}, inquiry.SealedFields
	done := reencrypted{Key: set.Primary().String(), DryRun: dry}
	for done.Passes < mostPasses {
		done.Passes++
		var pass keyring.Tally
		for _, r := range []*keyring.Rewriter{&subscriptions, &inquiries} {
			tally, err := r.Pass(ctx)
			pass.Add(tally)
			if err != nil {
				done.Tally.Add(pass)
				w.say("%s sealed anew before this; the same command goes on", plural(done.Tally.Rewritten, "value"))
				return w.explain(err)
			}
		}
		done.Tally.Add(pass)
		if done.Behind = pass.Behind - pass.Rewritten; dry || pass.Overtaken == 0 && pass.Rewritten == 0 {
			break
		}
	}
	if err := w.print(done, func(out io.Writer) { printReencrypted(out, done) }); err != nil {
		return err
	}
	if done.Behind > 0 && !dry {
		return notAll(done.Behind)
	}
	return nil
}

// notAll says that so much is still sealed with other keys. It has been told already.
type notAll int

func (n notAll) Error() string { return plural(int(n), "value") + " left" }

func (n notAll) told() {}

func printReencrypted(out io.Writer, r reencrypted) {
	if r.DryRun {
		fmt.Fprintf(out, "%s of %s would be sealed anew with %s. It would cost a write for each item of them.\n",
			plural(r.Behind, "value"), number(r.Tally.Fields), r.Key)
		return
	}
	fmt.Fprintf(out, "sealed anew  %s with %s, in %s\n", plural(r.Tally.Rewritten, "value"), r.Key, passesText(r.Passes))
	fmt.Fprintf(out, "calls        %s: %s units read, %s written\n", number(r.Tally.Calls), strconv.FormatFloat(r.Tally.RRU, 'f', -1, 64), strconv.FormatFloat(r.Tally.WRU, 'f', -1, 64))
	switch {
	case r.Behind == 0:
		fmt.Fprintln(out, "Nothing of fields is sealed with another key. What waits for a code is gone within 25 hours.")
	case r.Tally.Lost > 0:
		fmt.Fprintf(out, "LEFT: %s, some of which no key opens. If they were sealed before there were keysets, set %s.\n", plural(r.Behind, "value"), dataKey)
	default:
		fmt.Fprintf(out, "LEFT: %s, which was changed meanwhile. The same command sees to it.\n", plural(r.Behind, "value"))
	}
}

func passesText(n int) string {
	if n == 1 {
		return "1 pass"
	}
	return number(n) + " passes"
}

// errKept is a key that is not retired, for a reason that was said.
var errKept = errors.New("the key stays")
