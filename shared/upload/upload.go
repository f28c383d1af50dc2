package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/roster"
)

// State is how far an upload has come.
type State string

const (
	Received   State = "received"
	Validating State = "validating"
	Diffing    State = "diffing"
	PlanReady  State = "planned" // about to be applied or, for a dry run, the end
	Held       State = "held"    // the brake stopped it: nothing is applied until people decide
	Applying   State = "applying"
	Done       State = "done"
	Rejected   State = "rejected" // the file as a whole cannot be read, or people rejected its plan
	Failed     State = "failed"   // the file is gone, or too much for this way
)

// States lists them all, in their order.
func States() []State {
	return []State{Received, Validating, Diffing, PlanReady, Held, Applying, Done, Rejected, Failed}
}

// Object is one version of one object in the bucket.
type Object struct {
	Bucket, Key string
	// Version is S3's version id or, in a bucket without versions, what else tells this object from the next of the
	// same key. Work that an upload gave rise to has a suffix, see Kind.
	Version string
	// Versioned says that Version is S3's.
	Versioned  bool
	ReceivedAt time.Time
	By         string // who put it there, as far as it is known
}

// ID is the upload's id: 32 hexadecimal characters made from bucket, key and version.
func (o Object) ID() string {
	sum := sha256.Sum256([]byte(o.Bucket + "\x00" + o.Key + "\x00" + o.Version))
	return hex.EncodeToString(sum[:16])
}

// Kind is what an upload's plan was made from.
type Kind string

const (
	File       Kind = "file"
	Missing    Kind = "missing"    // the people whom a roster lacks; its id is made with the version and "#missing"
	Retraction Kind = "retraction" // what takes another upload back; "#retraction"
)

// Counts is what became of a file's rows. Rows is the next five together.
type Counts struct {
	Rows       int `json:"rows" dynamodbav:"rows"`
	Applied    int `json:"applied" dynamodbav:"applied"`
	Unchanged  int `json:"unchanged" dynamodbav:"unchanged"`
	Superseded int `json:"superseded" dynamodbav:"superseded"` // older than the record, or than another row of the file
	Rejected   int `json:"rejected" dynamodbav:"rejected"`
	Conflicts  int `json:"conflicts" dynamodbav:"conflicts"` // another upload changed the record meanwhile
	Events     int `json:"events" dynamodbav:"events"`
	Alerts     int `json:"alerts" dynamodbav:"alerts"` // subscriptions that the events go to, counted when planned
}

// add adds up what became of rows, and Rows with them.
func (c *Counts) add(other Counts) {
	c.Applied += other.Applied
	c.Unchanged += other.Unchanged
	c.Superseded += other.Superseded
	c.Rejected += other.Rejected
	c.Conflicts += other.Conflicts
	c.Events += other.Events
	c.Alerts += other.Alerts
	c.Rows = c.Applied + c.Unchanged + c.Superseded + c.Rejected + c.Conflicts
}

// ErrBusy says that another worker has the upload; ErrOutOfTime that this one must stop, and that the next will go on
// from the last checkpoint.
var (
	ErrBusy      = errors.New("upload: another worker has it")
	ErrOutOfTime = errors.New("upload: out of time, to be continued")
)

// Counter says how many subscriptions there are to people; who is not in the answer has none. subscription.Store does.
type Counter interface {
	Counts(ctx context.Context, people []custody.ANumber) (map[custody.ANumber]int, error)
}

// Notifier tells staff of what they must look at.
type Notifier interface {
	Notify(ctx context.Context, subject, text string) error
}

// Pipeline applies uploads. Its clients must be attached to its Meter for the report's figures to be true.
type Pipeline struct {
	S3          *s3.Client
	DynamoDB    *dynamodb.Client
	Table       string // of uploads
	Feeds       *feed.Table
	Custody     *custody.Table
	Subscribers Counter
	Staff       Notifier // nil: nobody is told
	Machine     *Machine // nil: this worker does everything itself
	Meter       *aws.Meter
	Limits      Limits
	// RangeBytes and PartBytes are how large the units of work are; 0 is the constants of the same names.
	RangeBytes, PartBytes int64
	Zone                  *time.Location // of times in files that name none
	Future                time.Duration  // how far ahead a time in a file may lie
	Now                   func() time.Time
}

func (p *Pipeline) options() roster.Options {
	return roster.Options{Zone: p.Zone, Now: p.Now(), Future: p.Future}
}
