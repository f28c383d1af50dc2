package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"voice.example/infra/local/template"
	"voice.example/infra/rig"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// growth measures look-ups and requests for a subscription with tables of several sizes: so many people, and as many
// subscriptions.
type growth struct {
	sizes  []int
	runs   int
	count  int // requests of a run
	folder string
	log    *slog.Logger
}

// growthReport is what --growth --json prints.
type growthReport struct {
	Date    string      `json:"date"`
	Machine machine     `json:"machine"`
	Load    string      `json:"load"`
	Runs    int         `json:"runs"`
	Count   int         `json:"requests"`
	Sizes   []grownSize `json:"sizes"`
}

// grownSize is what was measured with one size.
type grownSize struct {
	Records int     `json:"records"`
	FillS   float64 `json:"fill_s"`
	LookUp  figures `json:"look_up"`
	Request figures `json:"subscribe"`
	// RecordBytes and SubscriptionBytes are of an item, as DynamoDB counts them.
	RecordBytes       float64 `json:"record_bytes"`
	SubscriptionBytes float64 `json:"subscription_bytes"`
}

// run fills tables to each size and measures with them.
func (g *growth) run(ctx context.Context) (growthReport, error) {
	r := growthReport{Date: time.Now().UTC().Format(time.DateOnly), Machine: thisMachine(""), Load: loadAverage(), Runs: g.runs, Count: g.count}
	b := &functionsBench{runs: g.runs, colds: 1, counts: map[string]int{taskLookUp: g.count, taskSubscribe: g.count}, python: "/nowhere", folder: g.folder, log: g.log}
	return r, rig.Guard(func() (err error) {
		if b.scene, err = openScene(ctx, g.folder); err != nil {
			return err
		}
		defer b.scene.close()
		all, err := b.contenders(ctx)
		if err != nil {
			return err
		}
		voice := all[:1]
		for _, size := range g.sizes {
			one, err := g.measure(ctx, b, voice, size)
			if err != nil {
				return fmt.Errorf("%d records: %w", size, err)
			}
			r.Sizes = append(r.Sizes, one)
		}
		return nil
	})
}

func (g *growth) measure(ctx context.Context, b *functionsBench, voice []contender, size int) (one grownSize, err error) {
	one.Records, b.records = size, size
	tables, err := b.scene.freshTables(ctx)
	if err != nil {
		return one, err
	}
	began := time.Now()
	// Their indexes are left out: neither task reads one, and dynoxide takes longer for each write the larger indexes are.
	for _, short := range []string{"custody", "subscriptions"} {
		if err := b.scene.withoutIndexes(ctx, tables, short); err != nil {
			return one, err
		}
	}
	if err := b.scene.put(ctx, tables["custody"], size, func(n int) (any, error) { return heldRecord(n), nil }); err != nil {
		return one, err
	}
	if err := b.scene.put(ctx, tables["subscriptions"], size, b.scene.invented); err != nil {
		return one, err
	}
	one.FillS = time.Since(began).Seconds()
	g.log.Info("filled", "records", size, "s", int(one.FillS))
	for _, t := range []struct {
		task task
		into *figures
	}{{b.lookUpsIn(tables), &one.LookUp}, {b.subscribesIn(tables), &one.Request}} {
		measured, err := b.measure(ctx, t.task, voice)
		if err != nil {
			return one, err
		}
		*t.into = measured.Figures[0]
	}
	if one.RecordBytes, err = itemBytes(heldRecord(size / 2)); err != nil {
		return one, err
	}
	sub, err := b.scene.invented(size / 2)
	if err != nil {
		return one, err
	}
	one.SubscriptionBytes, err = itemBytes(sub)
	return one, errors.Join(err, b.scene.drop(ctx, tables))
}

// invented is somebody's subscription to the n-th person.
func (s *scene) invented(n int) (any, error) {
	id := fmt.Sprintf("%032d", n)
	return subscription.Subscription{ANumber: custody.ANumber(number(n)), ID: id, RequestID: secret.NewID(), PhoneHash: id, SealedPhone: id + id[:24],
		CountryOfBirth: "MX", Language: i18n.English, TokenHash: id, CreatedAt: heldSince}, nil
}

// withoutIndexes makes a table of a set anew, without the indexes that its template has.
func (s *scene) withoutIndexes(ctx context.Context, set tableSet, short string) error {
	i := slices.IndexFunc(s.tables, func(t template.Table) bool { return t.ShortName() == short })
	t := s.tables[i]
	t.Stream, t.Indexes = "", nil
	return s.remake(ctx, t, set[short])
}

// put writes items, 25 a call.
func (s *scene) put(ctx context.Context, table string, count int, of func(n int) (any, error)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for start := 0; start < count && ctx.Err() == nil; start += 25 {
		group.Go(func() error {
			var writes []types.WriteRequest
			for n := start; n < min(start+25, count); n++ {
				one, err := of(n)
				if err != nil {
					return err
				}
				item, err := attributevalue.MarshalMap(one)
				if err != nil {
					return err
				}
				writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
			}
			for len(writes) > 0 {
				out, err := s.DB.Client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
				if err != nil {
					return err
				}
				writes = out.UnprocessedItems[table]
			}
			return nil
		})
	}
	return group.Wait()
}

// itemBytes is how long an item is, as DynamoDB counts it: names and values, a number at half its digits.
func itemBytes(of any) (bytes float64, err error) {
	item, err := attributevalue.MarshalMap(of)
	for name, value := range item {
		bytes += float64(len(name))
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			bytes += float64(len(v.Value))
		case *types.AttributeValueMemberN:
			bytes += float64(len(v.Value)/2 + 1)
		default:
			bytes++
		}
	}
	return bytes, err
}

// dollarsPerGBMonth is DynamoDB's storage, Standard table class, us-east-1. Source: the Amazon DynamoDB pricing page, as of
// November 2025. Each item counts 100 bytes more than it has.
const (
	dollarsPerGBMonth = 0.25
	itemOverhead      = 100
	// partitionBytes and partitionUnits are what one partition holds, and reads in a second. Source: the Amazon DynamoDB developer
	// guide, "Partitions and data distribution" and "Quotas".
	partitionBytes = 10 << 30
)

// storage is dollars a month for so many records and subscriptions, and how many partitions hold the records.
func (s grownSize) storage(records float64) (dollars, partitions float64) {
	custodyBytes := records * (s.RecordBytes + itemOverhead)
	all := custodyBytes + records*(s.SubscriptionBytes+itemOverhead)
	return all / (1 << 30) * dollarsPerGBMonth, max(1, custodyBytes/partitionBytes)
}

// markdown writes the report as a table.
func (r growthReport) markdown(w io.Writer) {
	fmt.Fprintf(w, "So many people, and as many subscriptions. Medians of %d runs of %s requests, %s, on %d cores (%s), %s. Load average %s before. The last row is arithmetic.\n\n",
		r.Runs, thousands(float64(r.Count)), r.Date, r.Machine.Cores, r.Machine.CPU, r.Machine.Go, r.Load)
	fmt.Fprintf(w, "| records | | p50 ms | p99 ms | CPU ms | peak MiB | calls | RRU | WRU | storage $ a month | partitions |\n|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, s := range r.Sizes {
		dollars, partitions := s.storage(float64(s.Records))
		fmt.Fprintf(w, "| %s | look-up | %s | %s | %s | %.0f | %s | %s | %s | %.2f | %.0f |\n", thousands(float64(s.Records)), ms(s.LookUp.p50()), ms(s.LookUp.p99()), ms(s.LookUp.cpu()),
			s.LookUp.mib(), count3(s.LookUp.calls()), count3(s.LookUp.RRU), count3(s.LookUp.WRU), dollars, partitions)
		fmt.Fprintf(w, "| | subscribe | %s | %s | %s | %.0f | %s | %s | %s | | |\n", ms(s.Request.p50()), ms(s.Request.p99()), ms(s.Request.cpu()), s.Request.mib(),
			count3(s.Request.calls()), count3(s.Request.RRU), count3(s.Request.WRU))
	}
	if len(r.Sizes) == 0 {
		return
	}
	last := r.Sizes[len(r.Sizes)-1]
	const billion = 1e9
	dollars, partitions := last.storage(billion)
	fmt.Fprintf(w, "| %s | look-up | as above | as above | as above | as above | %s | %s | %s | %s | %s |\n", thousands(billion), count3(last.LookUp.calls()), count3(last.LookUp.RRU),
		count3(last.LookUp.WRU), thousands(dollars), thousands(partitions))
	fmt.Fprintf(w, "| | subscribe | as above | as above | as above | as above | %s | %s | %s | | |\n", count3(last.Request.calls()), count3(last.Request.RRU), count3(last.Request.WRU))
	fmt.Fprintf(w, "\nA record has %.0f bytes here, and a subscription %.0f.\n", last.RecordBytes, last.SubscriptionBytes)
}

// write puts the report into README.md, between its marks, and draws its chart beside it.
func (r growthReport) write(folder string) error {
	var text bytes.Buffer
	r.markdown(&text)
	if err := between(filepath.Join(folder, "README.md"), "growth", text.String()); err != nil {
		return err
	}
	var all []bars
	for i, title := range []string{"Look-up", "Asking for a subscription"} {
		of := bars{title: title + ": milliseconds, by records in the tables", names: [2]string{"p50", "CPU"}, form: "%.2f ms"}
		for _, s := range r.Sizes {
			f := []figures{s.LookUp, s.Request}[i]
			of.rows = append(of.rows, bar{thousands(float64(s.Records)), []float64{f.p50(), f.cpu()}})
		}
		all = append(all, of)
	}
	file, err := os.Create(filepath.Join(folder, "growth.svg"))
	if err != nil {
		return err
	}
	return errors.Join(drawBars(file, "Figures by size", all), file.Close())
}

// drop deletes a set of tables, but for the keys, which are not its own.
func (s *scene) drop(ctx context.Context, set tableSet) error {
	for short, name := range set {
		if short == keysTable {
			continue
		}
		if _, err := s.DB.Client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			return err
		}
	}
	return nil
}
