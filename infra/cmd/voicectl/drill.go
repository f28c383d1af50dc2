package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/spf13/cobra"
)

const aboutDrill = `Tries whether a table could be restored: puts it back to a moment of the past, into a table beside it, says how long that
took, counts both, compares a sample of items, and drops the copy. The table itself is only read.

Items are compared in memory. One that differs is named by a hash under a key of this run alone, which nobody can read anything
from. What was written since that moment differs, and may: --tolerate says how much of the sample.

It is for operators, and works with AWS credentials that may describe and read the table (DescribeTable,
DescribeContinuousBackups, Scan, BatchGetItem), RestoreTableToPointInTime, and Scan, BatchGetItem and DeleteTable on TABLE-drill-*, and that may
use the table's key. A restore costs $0.15 a gigabyte, and reading half a read unit for four kilobytes.

--copy copies the table by reading and writing it in the place of Amazon's restore, for a DynamoDB that has none, such as the
local one; it tries the comparison, and not the restore. The exit code is 1 if the copy is not good.`

// drilled is how a drill went.
type drilled struct {
	Table    string    `json:"table"`
	Copy     string    `json:"copy"`
	At       time.Time `json:"at"`
	Seconds  float64   `json:"restore_seconds"` // until the copy could be read
	Items    int       `json:"items"`           // of the table, now
	Restored int       `json:"restored"`        // of the copy
	compared
	Tolerated float64 `json:"tolerated_percent"`
	Good      bool    `json:"good"`
	Kept      bool    `json:"kept"`
}

// notGood says that a copy is not what it should be. It has been told already.
type notGood struct{}

func (notGood) Error() string { return "the copy is not good" }

func (notGood) told() {}

func (p *program) drillCommand() *cobra.Command {
	d := drill{}
	var at string
	cmd := &cobra.Command{
		Use: "restore-drill TABLE", Short: "Try whether a table could be restored (for operators)", Long: aboutDrill, Args: cobra.ExactArgs(1),
		Example: "  voicectl restore-drill voice-CustodyTable-1ABC\n  voicectl restore-drill --at 2026-11-25T09:00:00Z --tolerate 5 voice-AlertsTable-2DEF",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if at != "" {
				if d.at, err = time.Parse(time.RFC3339, at); err != nil {
					return usage("--at %q is no time such as 2026-11-25T09:00:00Z", plain(at))
				}
			}
			if d.sample < 1 || d.tolerate < 0 || d.tolerate > 100 {
				return usage("--sample is at least 1, --tolerate from 0 to 100")
			}
			if d.operator, err = p.operator(cmd.Context()); err != nil {
				return err
			}
			d.table = args[0]
			return d.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&at, "at", "", "the moment to restore (default: the latest there is, about five minutes ago)")
	flags.IntVar(&d.sample, "sample", 1000, "how many items to compare, each way")
	flags.Float64Var(&d.tolerate, "tolerate", 1, "per cent of items that may differ, since they were written after that moment")
	flags.BoolVar(&d.keep, "keep", false, "keep the copy")
	flags.BoolVar(&d.copy, "copy", false, "copy the table instead of restoring it, where there is no restore")
	return cmd
}

type drill struct {
	*operator
	table    string
	at       time.Time // zero: the latest
	sample   int
	tolerate float64
	keep     bool
	copy     bool
}

// run does the drill. Whatever becomes of it, also when it is cut off, the copy is dropped.
func (d *drill) run(ctx context.Context) (err error) {
	source, err := d.describe(ctx, d.table)
	if err != nil {
		return d.explain(err)
	}
	r := drilled{Table: d.table, Copy: d.table + "-drill-" + d.now().UTC().Format("20060102-150405"), Tolerated: d.tolerate, Kept: d.keep}
	began := d.now()
	if !d.keep {
		defer func() {
			if dropErr := d.drop(context.WithoutCancel(ctx), r.Copy); dropErr != nil {
				d.say("the copy %s is still there, and costs: %v", plain(r.Copy), dropErr)
				err = errors.Join(err, dropErr)
			}
		}()
	}
	if d.copy {
		r.At, err = began, d.copyTable(ctx, source, r.Copy)
	} else {
		r.At, err = d.restore(ctx, source, r.Copy)
	}
	if err != nil {
		return d.explain(err)
	}
	if err := d.await(ctx, r.Copy); err != nil {
		return d.explain(err)
	}
	r.Seconds = d.now().Sub(began).Seconds()
	d.say("restored as of %s in %s", r.At.UTC().Format(time.RFC3339), age(d.now().Sub(began)))
	if r.Items, err = d.count(ctx, d.table, source); err != nil {
		return err
	}
	if r.Restored, err = d.count(ctx, r.Copy, source); err != nil {
		return err
	}
	if r.compared, err = d.compare(ctx, source, r.Copy); err != nil {
		return err
	}
	r.Good = r.good()
	if err := d.print(r, func(w io.Writer) { printDrill(w, r) }); err != nil {
		return err
	}
	if !r.Good {
		return notGood{}
	}
	return nil
}

// good reports whether the copy has about as many items, and they say the same, but for what may have been written since.
func (r drilled) good() bool {
	may := func(differ, of int) bool { return float64(differ) <= float64(of)*r.Tolerated/100 }
	return may(max(r.Items-r.Restored, r.Restored-r.Items), r.Items) && may(r.Differ+r.Gone+r.Missing, r.Sampled) &&
		(r.Sampled > 0 || r.Items == 0 && r.Restored == 0)
}

func (d *drill) describe(ctx context.Context, table string) (*types.TableDescription, error) {
	out, err := d.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return nil, fmt.Errorf("describing %s: %w", plain(table), err)
	}
	return out.Table, nil
}

// restore asks Amazon for the copy, under the table's own key, and without indexes: those are made of the items anyway.
func (d *drill) restore(ctx context.Context, source *types.TableDescription, target string) (at time.Time, err error) {
	backups, err := d.dynamodb.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &d.table})
	if err != nil {
		return at, fmt.Errorf("asking how far back %s goes: %w", plain(d.table), err)
	}
	back := backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription
	if back == nil || back.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusEnabled {
		return at, fmt.Errorf("%s has no point-in-time recovery: it cannot be restored", plain(d.table))
	}
	from, until := sdk.ToTime(back.EarliestRestorableDateTime), sdk.ToTime(back.LatestRestorableDateTime)
	if at = d.at; at.IsZero() {
		at = until
	}
	if at.Before(from) || at.After(until) {
		return at, usage("%s can be restored from %s to %s", plain(d.table), from.UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339))
	}
	var sealed *types.SSESpecification
	if s := source.SSEDescription; s != nil && s.KMSMasterKeyArn != nil {
		sealed = &types.SSESpecification{Enabled: sdk.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: s.KMSMasterKeyArn}
	}
	_, err = d.dynamodb.RestoreTableToPointInTime(ctx, &dynamodb.RestoreTableToPointInTimeInput{
		SSESpecificationOverride: sealed,
		SourceTableName:          &d.table, TargetTableName: &target, RestoreDateTime: &at,
		BillingModeOverride: types.BillingModePayPerRequest, GlobalSecondaryIndexOverride: []types.GlobalSecondaryIndex{},
	})
	if err != nil {
		return at, fmt.Errorf("restoring %s: %w", plain(d.table), err)
	}
	return at, nil
}

// await waits until the copy can be read: minutes, or hours for terabytes.
func (d *drill) await(ctx context.Context, table string) error {
	began := d.now()
	for told := began; ; {
		t, err := d.describe(ctx, table)
		if err != nil {
			return err
		}
		if t.TableStatus == types.TableStatusActive {
			return nil
		}
		if d.now().Sub(told) >= time.Minute {
			told = d.now()
			d.say("still being restored, after %s", age(told.Sub(began)))
		}
		if err := d.sleep(ctx, 5*time.Second); err != nil {
			return err
		}
	}
}

// drop deletes the copy. One that was never made, or is still being made and cannot be deleted yet, is waited for.
func (d *drill) drop(ctx context.Context, table string) error {
	for {
		_, err := d.dynamodb.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table})
		var absent *types.ResourceNotFoundException
		var busy *types.ResourceInUseException
		switch {
		case errors.As(err, &absent):
			return nil
		case errors.As(err, &busy):
			d.say("the copy cannot be dropped before it is made: waiting")
			if err := d.sleep(ctx, 15*time.Second); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("dropping %s: %w", plain(table), err)
		default:
			return nil
		}
	}
}

func printDrill(w io.Writer, r drilled) {
	fmt.Fprintf(w, "table     %s: %s\n", plain(r.Table), plural(r.Items, "item"))
	fmt.Fprintf(w, "restored  %s as of %s, in %.0f s\n", plural(r.Restored, "item"), r.At.UTC().Format(time.RFC3339), r.Seconds)
	fmt.Fprintf(w, "compared  %s: %s the same, %s differ, %s only in the copy, %s only in the table\n", plural(r.Sampled, "item"),
		number(r.Same), number(r.Differ), number(r.Gone), number(r.Missing))
	for i, name := range r.Names {
		if i == mostLeft {
			fmt.Fprintf(w, "  and %s more (--json has them all)\n", number(len(r.Names)-mostLeft))
			break
		}
		fmt.Fprintf(w, "  %s\n", name)
	}
	switch {
	case r.Good:
		fmt.Fprintln(w, "The copy is good.")
	default:
		fmt.Fprintf(w, "THE COPY IS NOT GOOD: more than %g %% is not what the table has.\n", r.Tolerated)
	}
	if r.Kept {
		fmt.Fprintf(w, "kept      %s: it costs until somebody deletes it\n", plain(r.Copy))
	}
}
