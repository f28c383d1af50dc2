package upload

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/aws"
)

// Desk is what staff see of uploads and decide on them.
type Desk struct {
	S3       *s3.Client
	DynamoDB *dynamodb.Client
	Table    string // of uploads
	Now      func() time.Time
}

// What a decision may be refused for.
var (
	ErrNotFound   = errors.New("upload: there is no such upload")
	ErrNotHeld    = errors.New("upload: it is not held")
	ErrNotDone    = errors.New("upload: only an upload that is done can be retracted, and only once")
	ErrOtherPlan  = errors.New("upload: its plan is another one than was seen")
	ErrSamePerson = errors.New("upload: somebody else must decide")
)

// Decision is what somebody decided on an upload.
type Decision struct {
	By     string    `json:"by" dynamodbav:"by"`                               // the subject of a staff identity
	ByName string    `json:"by_name,omitempty" dynamodbav:"by_name,omitempty"` // for people
	What   string    `json:"what" dynamodbav:"what"`
	Why    string    `json:"why,omitempty" dynamodbav:"why,omitempty"`
	At     time.Time `json:"at" dynamodbav:"at"`
}

// What can be decided.
const (
	Approved  = "approved"
	Refused   = "rejected"
	Requested = "requested" // a retraction
)

// Progress is how many of an upload's units of work are done. Of is 0 until the file has been looked at.
type Progress struct {
	Ranges    int `json:"ranges" dynamodbav:"ranges"` // of the file
	Validated int `json:"validated" dynamodbav:"validated"`
	Parts     int `json:"parts" dynamodbav:"parts"` // of the plan
	Diffed    int `json:"diffed" dynamodbav:"diffed"`
	Applied   int `json:"applied" dynamodbav:"applied"`
}

// Upload is an upload as staff see it.
type Upload struct {
	UploadID   string    `json:"upload_id"`
	Kind       Kind      `json:"kind"`
	Of         string    `json:"of,omitempty"` // the upload that this one belongs to, see Kind
	Bucket     string    `json:"bucket"`
	Key        string    `json:"key"`
	VersionID  string    `json:"version_id"`
	Versioned  bool      `json:"versioned"`
	State      State     `json:"state"`
	Mode       Mode      `json:"mode"`
	Feed       string    `json:"feed"`
	DryRun     bool      `json:"dry_run"`
	ReceivedAt time.Time `json:"received_at"`
	// UploadedBy is the subject of whose staff identity sent it, and UploadedByName what they are called. Of a file that was put
	// into the bucket directly it is the AWS identity, which has no name.
	UploadedBy     string     `json:"uploaded_by,omitempty"`
	UploadedByName string     `json:"uploaded_by_name,omitempty"`
	Counts         Counts     `json:"counts"`
	Progress       Progress   `json:"progress"`
	Brake          *Brake     `json:"brake,omitempty"`
	PlanHash       string     `json:"plan_hash,omitempty"`
	Decisions      []Decision `json:"decisions"`
	RRU            float64    `json:"rru"`
	WRU            float64    `json:"wru"`
	CostUSD        float64    `json:"cost_usd"`
	// MissingUpload is the upload that holds the people whom this roster lacks, RetractionUpload the one that takes this
	// one back.
	MissingUpload    string `json:"missing_upload,omitempty"`
	RetractionUpload string `json:"retraction_upload,omitempty"`
	Problem          string `json:"problem,omitempty"`
	Fix              string `json:"fix,omitempty"`
}

// Waits reports whether ingest has work to do for the upload, so that it should be told of it.
func (u Upload) Waits() bool {
	return u.State == PlanReady && !u.DryRun || u.State == Received && u.Kind == Retraction
}

// view is what staff see of an item.
func (u *item) view() Upload {
	v := Upload{UploadID: u.ID, Kind: u.Kind, Of: u.Of, Bucket: u.Bucket, Key: u.Key, VersionID: u.Version, Versioned: u.Versioned,
		State: u.State, Mode: u.Mode, Feed: u.Feed, DryRun: u.DryRun, ReceivedAt: u.ReceivedAt, UploadedBy: u.UploadedBy, UploadedByName: u.UploadedByName,
		Counts: u.Counts, Progress: u.Progress, Brake: u.Brake, PlanHash: u.PlanHash, Decisions: u.Decisions, RRU: u.RRU, WRU: u.WRU,
		CostUSD: cost(u.RRU, u.WRU), MissingUpload: u.MissingID, RetractionUpload: u.RetractID, Problem: u.Problem, Fix: u.Fix}
	if v.Decisions == nil {
		v.Decisions = []Decision{}
	}
	return v
}

func cost(rru, wru float64) float64 {
	return math.Round(aws.Consumed{RRU: rru, WRU: wru}.Cost()*1e9) / 1e9
}

// Get returns an upload, or ErrNotFound.
func (d *Desk) Get(ctx context.Context, uploadID string) (Upload, error) {
	u, err := d.get(ctx, uploadID)
	if err != nil {
		return Upload{}, err
	}
	return u.view(), nil
}

func (d *Desk) get(ctx context.Context, uploadID string) (item, error) {
	if uploadID == "" {
		return item{}, ErrNotFound
	}
	return read(ctx, d.DynamoDB, d.Table, uploadID)
}

// reader is a Pipeline that only reads and writes the bucket and the table of uploads.
func (d *Desk) reader() *Pipeline {
	return &Pipeline{S3: d.S3, DynamoDB: d.DynamoDB, Table: d.Table, Meter: new(aws.Meter), Now: d.Now}
}

func ptr[T any](v T) *T { return &v }
