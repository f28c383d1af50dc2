package main

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/shared/audit"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/directory"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/numbering"
	"voice.example/shared/secret"
	"voice.example/shared/session"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

//go:embed pages/*.html
var pages embed.FS

// configure makes the server from the function's environment.
func configure(cfg sdk.Config, env *aws.Variables) (http.Handler, error) {
	keys, err := keyring.New(cfg, env)
	if err != nil {
		return nil, err
	}
	terms, err := inquiry.ParseTerms(env.Text("INQUIRY_DUE_MINUTES"))
	if err != nil {
		return nil, err
	}
	files, db := newS3(cfg), dynamodb.NewFromConfig(cfg)
	people := &directory.Table{Client: db, Name: env.Text("DIRECTORY_TABLE"), Now: aws.Now, Zone: env.Zone("FEED_TIME_ZONE"), ReadPhone: numbering.ParseToCall}
	h := &handler{
		signIn: signInPlace{Issuer: env.Text("STAFF_ISSUER"), ClientID: env.Text("STAFF_CLIENT_ID"), Scopes: scopes},
		desk:   &upload.Desk{S3: files, DynamoDB: db, Table: env.Text("UPLOADS_TABLE"), Now: aws.Now},
		s3:     files,
		bucket: env.Text("UPLOADS_BUCKET"),
		queue:  &upload.Queue{Client: sqs.NewFromConfig(cfg), URL: env.Text("UPLOADS_QUEUE_URL")},
		feeds:  &feed.Table{Client: db, Name: env.Text("FEEDS_TABLE"), Now: aws.Now},
		silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour,
		now:    aws.Now,

		siteURL: env.Optional("SITE_URL"),
		keys:    keys.Fields,
		sessions: &session.Table{Client: db, Name: env.Text("SESSIONS_TABLE"), Keys: keys.Fields, Idle: env.Minutes("STAFF_IDLE_MINUTES"),
			Absolute: time.Duration(env.Int("STAFF_SESSION_HOURS")) * time.Hour, Now: aws.Now},
		custody: custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		inquiries: &inquiry.Table{Client: db, Name: env.Text("INQUIRIES_TABLE"), Keys: keys.Fields, Terms: terms, Directory: people,
			Retention: env.Days("INQUIRY_RETENTION_DAYS"), Now: aws.Now},
		directory: people, tipLine: env.Text("TIP_LINE_NUMBER"), ownCase: env.Text("OWN_CASE_NUMBER"),
		volumes: &volume.Table{Client: db, Name: env.Text("VOLUMES_TABLE"), Now: aws.Now},
		audit: &audit.Log{Client: db, Name: env.Text("AUDIT_TABLE"), Keys: keys.Audit, Retention: env.Days("AUDIT_RETENTION_DAYS"),
			Now: aws.Now},
	}
	site := web.Site{Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Colours: web.Colours{Brand: env.Optional("BRAND_COLOR"), Action: env.Optional("ACTION_COLOR")}}
	return newServer(site, h)
}

// newS3 makes a client that puts no checksum of its own into what it signs: whoever sends a part sends the bytes, and
// their number is signed.
func newS3(cfg sdk.Config, options ...func(*s3.Options)) *s3.Client {
	cfg.RequestChecksumCalculation = sdk.RequestChecksumCalculationWhenRequired
	cfg.ResponseChecksumValidation = sdk.ResponseChecksumValidationWhenRequired
	return s3.NewFromConfig(cfg, options...)
}

// identifier tells whose a token is; staff.Verifier does.
type identifier interface {
	Verify(ctx context.Context, token string) (staff.Identity, error)
}

// desk is what the uploads' package lets staff see and decide; upload.Desk does.
type desk interface {
	Get(ctx context.Context, uploadID string) (upload.Upload, error)
	List(ctx context.Context, state upload.State, limit int, after string) ([]upload.Upload, error)
	Latest(ctx context.Context, limit int, after string) ([]upload.Upload, error)
	Plan(ctx context.Context, uploadID, after string, limit int) (upload.Page, error)
	Approve(ctx context.Context, uploadID, planHash string, by staff.Identity) (upload.Upload, error)
	Reject(ctx context.Context, uploadID string, by staff.Identity, why string) (upload.Upload, error)
	Retract(ctx context.Context, uploadID string, by staff.Identity, why string) (upload.Upload, error)
}

// announcer has ingest go on with an upload; upload.Queue does.
type announcer interface {
	Announce(ctx context.Context, uploadID string) error
}

type handler struct {
	*web.Server
	routes []route
	staff  identifier // nil: the verifier of signIn
	signIn signInPlace
	desk   desk
	s3     *s3.Client
	bucket string
	queue  announcer
	feeds  *feed.Table
	silent time.Duration // how often files of a feed without an interval of its own are expected
	now    func() time.Time

	siteURL    string           // what our own addresses begin with; "" where only API Gateway knows
	provider   *provider        // nil: the issuer of signIn
	signedInBy signInIdentifier // nil: the verifier of signIn

	keys      *secret.Keys
	sessions  *session.Table
	custody   *custody.Table
	inquiries *inquiry.Table
	directory *directory.Table
	volumes   *volume.Table
	audit     *audit.Log
	// Whom callers are told to call who want to report a crime, or ask about a case of their own.
	tipLine, ownCase string
}

// newServer routes what template.yaml sends to this function.
func newServer(site web.Site, h *handler) (http.Handler, error) {
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	server, err := web.NewServer(site, files, h.now, describe)
	if err != nil {
		return nil, err
	}
	server.SignForms(h.keys)
	server.Speak(i18n.English, "/staff")
	h.Server = server
	verifier := staff.NewVerifier(h.signIn.Issuer, h.signIn.ClientID, h.now)
	if h.staff == nil {
		h.staff = verifier
	}
	if h.signedInBy == nil {
		h.signedInBy = verifier
	}
	if h.provider == nil {
		h.provider = &provider{issuer: h.signIn.Issuer}
	}
	h.Handle("GET", "/v1/staff/sign-in", open(h.showSignIn))
	h.Handle("GET", "/v1/staff/me", h.signedIn(h.showMe))
	h.Handle("POST", "/v1/staff/uploads", audited(h.allowed(staff.Upload, h.noted(audit.Changed, "begin an upload", of(audit.Uploads), h.begin))))
	h.HandleBeside("POST", "/v1/staff/uploads/complete", audited(h.allowed(staff.Upload, h.noted(audit.Changed, "complete an upload", of(audit.Uploads), h.complete))))
	h.HandleBeside("POST", "/v1/staff/uploads/abort", audited(h.allowed(staff.Upload, h.noted(audit.Changed, "drop an upload", of(audit.Uploads), h.abort))))
	h.Handle("GET", "/v1/staff/uploads", h.allowed(staff.ReadUploads, h.list))
	h.Handle("GET", "/v1/staff/uploads/{id}", h.allowed(staff.ReadUploads, h.show))
	h.Handle("GET", "/v1/staff/uploads/{id}/report", audited(h.allowed(staff.ReadPlans, h.noted(audit.Viewed, "the report of an upload", ofUpload, h.report))))
	h.Handle("GET", "/v1/staff/uploads/{id}/plan", audited(h.allowed(staff.ReadPlans, h.noted(audit.Viewed, "the plan of an upload", ofUpload, h.plan))))
	h.Handle("POST", "/v1/staff/uploads/{id}/approve", audited(h.allowed(staff.Approve, h.noted(audit.Decided, "approve an upload", ofUpload, h.approve))))
	h.Handle("POST", "/v1/staff/uploads/{id}/reject", audited(h.allowed(staff.Reject, h.noted(audit.Decided, "reject an upload", ofUpload, h.reject))))
	h.Handle("POST", "/v1/staff/uploads/{id}/retract", audited(h.allowed(staff.Retract, h.noted(audit.Decided, "retract an upload", ofUpload, h.retract))))
	h.Handle("GET", "/v1/staff/feeds", h.allowed(staff.ReadFeeds, h.listFeeds))
	h.Handle("PUT", "/v1/staff/feeds/{name}", audited(h.allowed(staff.SetFeeds, h.noted(audit.Changed, "how often a feed is expected", of(audit.Feeds), h.expectFeed))))
	h.routeConsole()
	h.routePeople()
	h.routeCalls()
	h.routeInquiries()
	h.routeUploadPages()
	h.routeDelivery()
	h.routeDirectory()
	h.routeVolumes()
	h.routeAudit()
	return server, nil
}
