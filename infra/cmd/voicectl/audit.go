package main

import (
	"context"
	"fmt"
	"io"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/spf13/cobra"

	"voice.example/shared/audit"
)

// auditTable is the variable that names the table.
const auditTable = "VOICE_AUDIT_TABLE"

func (p *program) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit", Short: "Ask who has seen or changed what, and check that nobody tampered with that", Args: noArguments,
		Long:    "Asks who has seen or changed what of a person's (for auditors), and checks that nobody tampered with that (for operators).",
		Example: "  voicectl audit who --inquiry K7P4-QDX2 --why 'a complaint'\n  voicectl audit verify",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.auditWhoCommand(), p.auditVerifyCommand())
	return cmd
}

const aboutVerify = `Reads the audit and the chain that seals it, and works out anew whether each entry and each block is what it was. It finds
what was changed, taken out, put in or put back under another time.

What it cannot find by itself is that the end was cut off, or everything made anew. So note the head that it prints where
nobody who may write the table has a hand, and give it the next time with --head. The logs of seal have the head of every
block, and auditors see the newest on their page.

It is for operators, and works with AWS credentials that may read the table, not with the staff's sign-in. The stack's
output AuditTableName names the table:

  export VOICE_AUDIT_TABLE=$(aws cloudformation describe-stacks --stack-name voice --output text \
    --query "Stacks[0].Outputs[?OutputKey=='AuditTableName'].OutputValue")

It changes nothing, and reads one unit per four kilobytes. It prints what entries are about as the opaque names that the
table has, and never what they say. The exit code is 7 if anything is wrong.`

func (p *program) auditVerifyCommand() *cobra.Command {
	var noted []string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that nobody tampered with the audit (for operators)", Long: aboutVerify, Args: noArguments,
		Example: "  voicectl audit verify\n  voicectl audit verify --head 1284:fXq…",
		RunE: func(cmd *cobra.Command, _ []string) error {
			heads := make([]audit.Head, len(noted))
			for i, text := range noted {
				var err error
				if heads[i], err = audit.ParseHead(text); err != nil {
					return usage("--head %q is not NUMBER:DIGEST, as verify prints it", plain(text))
				}
			}
			table := p.getenv(auditTable)
			if table == "" {
				return usage("%s is not set: voicectl audit verify --help says where it comes from", auditTable)
			}
			o, err := p.operator(cmd.Context())
			if err != nil {
				return err
			}
			return o.verifyAudit(cmd.Context(), table, heads)
		},
	}
	cmd.Flags().StringArrayVar(&noted, "head", nil, "a head that was noted earlier, and must still be in the chain; as often as wanted")
	return cmd
}

func (o *operator) verifyAudit(ctx context.Context, table string, noted []audit.Head) error {
	log := &audit.Log{Client: o.dynamodb, Name: table, Now: o.now}
	items := 0
	// DynamoDB counts every six hours: good enough for a bar. Whoever may not ask gets none.
	if about, err := o.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table}); err == nil {
		items = int(sdk.ToInt64(about.Table.ItemCount))
	}
	progress, before := o.check(items, "items"), 0
	report, err := log.Verify(ctx, noted, func(items int) {
		progress.add(int64(items - before))
		before = items
	})
	progress.end()
	if err != nil {
		return o.explain(err)
	}
	if err := o.print(report, func(w io.Writer) { printAudit(w, report, len(noted)) }); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return tampered(len(report.Problems))
	}
	return nil
}

func printAudit(w io.Writer, r audit.Report, noted int) {
	fmt.Fprintf(w, "checked  %s in %s\n", entriesText(r.Entries), plural(r.Blocks, "block"))
	if r.Waiting > 0 {
		fmt.Fprintf(w, "waiting  %s to be sealed\n", number(r.Waiting))
	}
	if r.Expired > 0 {
		fmt.Fprintf(w, "expired  %s, whose life is over\n", number(r.Expired))
	}
	if r.Head.Number > 0 {
		fmt.Fprintf(w, "head     %s\n", plain(r.Head.String()))
	}
	if len(r.Problems) == 0 {
		fmt.Fprintln(w, "Nothing was tampered with.")
		if noted == 0 && r.Head.Number > 0 {
			fmt.Fprintln(w, "Note the head, and give it the next time with --head: only that shows whether the end is cut off.")
		}
		return
	}
	fmt.Fprintf(w, "THE AUDIT WAS TAMPERED WITH: %s\n", plural(len(r.Problems), "problem"))
	for i, problem := range r.Problems {
		if i == mostLeft {
			fmt.Fprintf(w, "  and %s more (--json has them all)\n", number(len(r.Problems)-mostLeft))
			return
		}
		fmt.Fprintf(w, "  %s\n", problemText(problem))
	}
}

// problemWords say what was found, of a thing that is named after it.
var problemWords = map[audit.ProblemKind]string{
	audit.EntryAltered: "an entry was changed", audit.EntryMissing: "an entry was taken out", audit.EntryLoose: "an entry was never sealed",
	audit.EntryMisdated: "an entry was put in under another time", audit.EntryTwice: "an entry was sealed as two different ones",
	audit.BlockAltered: "a block was changed", audit.BlockMissing: "a block was taken out", audit.HeadMissing: "a head that was noted is not in the chain",
}

func problemText(p audit.Problem) string {
	text := problemWords[p.Kind]
	if p.Block > 0 {
		text += fmt.Sprintf(", block %d", p.Block)
	}
	if p.Through > 0 {
		text += fmt.Sprintf(" to %d", p.Through)
	}
	if p.Subject != "" {
		text += ", about " + plain(p.Subject)
	}
	if p.At != "" {
		text += ", at " + plain(p.At)
	}
	return text
}

func entriesText(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return number(n) + " entries"
}
