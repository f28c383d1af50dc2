// Package world is a model of the service beside the service itself (infra/rig): what was written, who subscribed, what
// each phone said, and every invocation. Check has what each phone received compared with what the model says it should
// have. What happens, and in which order, its users draw: infra/simulation, which shortens what fails, and infra/soak,
// which goes on for long.
package world

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/rig"
	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/limit"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

var ctx = context.Background()

// TB is a test, or what stands for one.
type TB interface {
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
}

// World is the service with everything that happened in one run, as the model knows it.
type World struct {
	*rig.Rig
	T      TB
	Keys   *secret.Keys
	People *custody.Table
	Subs   *subscription.Store
	codes  *codes

	Persons   []*Person
	Followers []*Follower
	Phones    map[string]*Handset // by number
	Lanes     [LaneCount]Lane
	Runs      map[int]*Run // by the number of the invocation
	uploads   int          // that were
	journal   []string     // what happened, a line each

	Inside sync.Mutex // held by what happens in the midst of an invocation
	Brief  bool       // something does
}

// Person is somebody in custody, or not any more, and all versions of their record.
type Person struct {
	Number   custody.ANumber
	Initials string
	First    string
	Last     string
	Versions []Version
}

// Version is one of a record, and when it was written.
type Version struct {
	custody.Record
	At time.Time
}

// Now is the record as it is.
func (p *Person) Now() custody.Record {
	if len(p.Versions) == 0 {
		return custody.Record{}
	}
	return p.Versions[len(p.Versions)-1].Record
}

// Follower is somebody who subscribed to a person. Their code word, which is in every text that they get, tells them apart.
type Follower struct {
	Person    *Person
	Phone     string
	Second    string              // "" for none
	Quiet     *subscription.Quiet // nil: none
	Word      string
	Sub       subscription.Subscription
	Token     string
	Born      string // the country that they said
	Confirmed time.Time
	Ended     time.Time // zero while it goes on
}

// Handset is a phone and what was said with it.
type Handset struct {
	Words []Word
}

// Word is a text from a phone.
type Word struct {
	Stop, Start bool
	At          time.Time
	Heard       bool // replies said that it has seen to it
}

// Run is one invocation and how the world was when it began.
type Run struct {
	Function string
	Fault    rig.Fault
	Stopped  map[string]bool // phones that had said STOP, and were heard
	Hidden   map[*Person]bool
	Ended    map[*Follower]bool
	Result   rig.Result
}

// mayLose reports whether the fault may have kept the process from noting a text that it had sent: it died, the answer
// to the text was lost, or the service refused for longer than the SDK tries.
func (r *Run) mayLose() bool {
	if r.Result.Err != nil {
		return true
	}
	if r.Fault.Kind == rig.Pause {
		return false
	}
	for _, c := range r.Result.Hit {
		if c.Service == "sms" {
			return true
		}
	}
	return len(r.Result.Hit) >= tries
}

// tries is how often the SDK makes a call.
const tries = 5

func New(t TB, r *rig.Rig) *World {
	r.Reset()
	keys := r.Keys().Fields
	w := &World{Rig: r, T: t, Keys: keys, codes: new(codes), People: custody.NewTable(r.DB.Client, r.DB.Table("custody")),
		Phones: map[string]*Handset{}, Runs: map[int]*Run{}}
	w.Subs = &subscription.Store{Client: r.DB.Client, Table: r.DB.Table("subscriptions"), Keys: keys, Sender: w.codes, Now: r.Now, Agency: "VOICE",
		Limits: &limit.Table{Client: r.DB.Client, Name: r.DB.Table("limits"), Now: r.Now}, CodesPerPhonePerHour: 1000, CodesPerHour: 1000}
	for i, name := range [][2]string{{"Ada", "Brook"}, {"Carl", "Dane"}, {"Eve", "Frost"}} {
		w.Persons = append(w.Persons, &Person{Number: custody.ANumber(fmt.Sprintf("90000000%d", i)), First: name[0], Last: name[1],
			Initials: name[0][:1] + "." + name[1][:1] + "."})
	}
	for i := range 3 {
		w.Phones[fmt.Sprintf("+1202555014%d", i)] = new(Handset)
	}
	return w
}

// Jot writes a line of the journal.
func (w *World) Jot(format string, args ...any) {
	w.journal = append(w.journal, w.Now().Format(time.TimeOnly)+" "+fmt.Sprintf(format, args...))
}

// Journal is what has happened, a line each.
func (w *World) Journal() []string { return w.journal }

// ledger reads every alert.
func (w *World) ledger() (all []alert.Alert) {
	w.T.Helper()
	table := w.DB.Table("alerts")
	consistent := true
	for pages := dynamodb.NewScanPaginator(w.DB.Client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: &consistent}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			w.T.Fatal(err)
		}
		for _, item := range page.Items {
			var a alert.Alert
			if err := attributevalue.UnmarshalMap(item, &a); err != nil {
				w.T.Fatal(err)
			}
			all = append(all, a)
		}
	}
	return all
}
