package simulation

import (
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/limit"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// world is the service with everything that happened in one run, as the model knows it.
type world struct {
	*rig.Rig
	t      rapid.TB
	keys   *secret.Keys
	people *custody.Table
	subs   *subscription.Store
	codes  *codes

	persons   []*person
	followers []*follower
	phones    map[string]*handset // by number
	lanes     [lanes]lane
	runs      map[int]*run // by the number of the invocation
	uploads   int          // that were
	journal   []string     // what happened, a line each

	inside sync.Mutex // held by what happens in the midst of an invocation
	brief  bool       // something does
}

// person is somebody in custody, or not any more, and all versions of their record.
type person struct {
	number   custody.ANumber
	initials string
	first    string
	last     string
	versions []version
}

// version is one of a record, and when it was written.
type version struct {
	custody.Record
	at time.Time
}

// now is the record as it is.
func (p *person) now() custody.Record {
	if len(p.versions) == 0 {
		return custody.Record{}
	}
	return p.versions[len(p.versions)-1].Record
}

// follower is somebody who subscribed to a person. Their code word, which is in every text that they get, tells them apart.
type follower struct {
	person    *person
	phone     string
	second    string              // "" for none
	quiet     *subscription.Quiet // nil: none
	word      string
	sub       subscription.Subscription
	token     string
	born      string // the country that they said
	confirmed time.Time
	ended     time.Time // zero while it goes on
}

// handset is a phone and what was said with it.
type handset struct {
	words []word
}

// word is a text from a phone.
type word struct {
	stop, start bool
	at          time.Time
	heard       bool // replies said that it has seen to it
}

// run is one invocation and how the world was when it began.
type run struct {
	function string
	fault    rig.Fault
	stopped  map[string]bool // phones that had said STOP, and were heard
	hidden   map[*person]bool
	ended    map[*follower]bool
	result   rig.Result
}

// mayLose reports whether the fault may have kept the process from noting a text that it had sent: it died, the answer
// to the text was lost, or the service refused for longer than the SDK tries.
func (r *run) mayLose() bool {
	if r.result.Err != nil {
		return true
	}
	if r.fault.Kind == rig.Pause {
		return false
	}
	for _, c := range r.result.Hit {
		if c.Service == "sms" {
			return true
		}
	}
	return len(r.result.Hit) >= tries
}

// tries is how often the SDK makes a call.
const tries = 5

func newWorld(t rapid.TB, r *rig.Rig) *world {
	r.Reset()
	keys := r.Keys().Fields
	w := &world{Rig: r, t: t, keys: keys, codes: new(codes), people: custody.NewTable(r.DB.Client, r.DB.Table("custody")),
		phones: map[string]*handset{}, runs: map[int]*run{}}
	w.subs = &subscription.Store{Client: r.DB.Client, Table: r.DB.Table("subscriptions"), Keys: keys, Sender: w.codes, Now: r.Now, Agency: "VOICE",
		Limits: &limit.Table{Client: r.DB.Client, Name: r.DB.Table("limits"), Now: r.Now}, CodesPerPhonePerHour: 1000, CodesPerHour: 1000}
	for i, name := range [][2]string{{"Ada", "Brook"}, {"Carl", "Dane"}, {"Eve", "Frost"}} {
		w.persons = append(w.persons, &person{number: custody.ANumber(fmt.Sprintf("90000000%d", i)), first: name[0], last: name[1],
			initials: name[0][:1] + "." + name[1][:1] + "."})
	}
	for i := range 3 {
		w.phones[fmt.Sprintf("+1202555014%d", i)] = new(handset)
	}
	return w
}

// jot writes a line of the journal.
func (w *world) jot(format string, args ...any) {
	w.journal = append(w.journal, w.Now().Format(time.TimeOnly)+" "+fmt.Sprintf(format, args...))
}

// ledger reads every alert.
func (w *world) ledger() (all []alert.Alert) {
	w.t.Helper()
	table := w.DB.Table("alerts")
	consistent := true
	for pages := dynamodb.NewScanPaginator(w.DB.Client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, item := range page.Items {
			var a alert.Alert
			if err := attributevalue.UnmarshalMap(item, &a); err != nil {
				w.t.Fatal(err)
			}
			all = append(all, a)
		}
	}
	return all
}
