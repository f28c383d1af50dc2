package main

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/web"
)

//go:embed pages/*.html
var pages embed.FS

// configure makes the server from the function's environment.
func configure(cfg sdk.Config, env *aws.Variables) (http.Handler, error) {
	site := web.Site{Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Colours: web.Colours{Brand: env.Optional("BRAND_COLOR"), Action: env.Optional("ACTION_COLOR")}}
	db := dynamodb.NewFromConfig(cfg)
	table := custody.NewTable(db, env.Text("CUSTODY_TABLE"))
	feeds := &feed.Watch{List: (&feed.Table{Client: db, Name: env.Text("FEEDS_TABLE")}).List,
		Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour, Now: aws.Now}
	if env.Err() == nil {
		feeds.Read() // begins while the process still starts: the first look-up has it
	}
	return newServer(site, table, feeds, env.Int("INQUIRY_RETENTION_DAYS"), newPace(env.Int("LOOKUPS_PER_MINUTE"), aws.Now), aws.Now)
}

// handler answers look-ups from the custody table.
type handler struct {
	*web.Server
	table *custody.Table
	feeds *feed.Watch
	pace  *pace
	now   func() time.Time
}

// newServer routes what template.yaml sends to this function. inquiryDays is how long an inquiry is remembered.
func newServer(site web.Site, table *custody.Table, feeds *feed.Watch, inquiryDays int, pace *pace, now func() time.Time) (http.Handler, error) {
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	server, err := web.NewServer(site, files, now, nil)
	if err != nil {
		return nil, err
	}
	h := &handler{Server: server, table: table, feeds: feeds, pace: pace, now: now}
	server.Handle("GET", "/{$}", h.static("home", nil))
	server.Handle("GET", "/help", h.static("help", nil))
	server.Handle("GET", "/privacy", h.static("privacy", inquiryDays))
	server.Handle("GET", "/assets/{file}", server.Asset)
	server.Handle("GET", "/custody", h.form)
	server.Handle("POST", "/custody", h.answer)
	server.Handle("POST", "/v1/custody/search", h.search)
	server.Handle("GET", "/robots.txt", tellRobots)
	routeElsewhere(server)
	return server, nil
}

// static serves a page that is the same for everybody.
func (h *handler) static(name string, data any) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		web.Outcome(r.Context(), name)
		return h.Render(w, r, web.Page{Template: name, Title: web.Language(r).Text(name+".title", nil), Data: data, Listed: true})
	}
}
