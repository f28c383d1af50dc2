package main

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/alert"
	"voice.example/shared/audit"
	"voice.example/shared/aws"
	"voice.example/shared/directory"
	"voice.example/shared/email"
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/limit"
	"voice.example/shared/numbering"
	"voice.example/shared/optout"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

//go:embed pages/*.html
var pages embed.FS

// visitTakes is longer than a text takes to send, but for the slowest.
const visitTakes = 1500 * time.Millisecond

// configure makes the server from the function's environment.
func configure(cfg sdk.Config, env *aws.Variables) (http.Handler, error) {
	keys, err := keyring.New(cfg, env)
	if err != nil {
		return nil, err
	}
	db := dynamodb.NewFromConfig(cfg)
	site := web.Site{Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Colours: web.Colours{Brand: env.Optional("BRAND_COLOR"), Action: env.Optional("ACTION_COLOR")}}
	ledger := &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Now: aws.Now}
	terms, err := inquiry.ParseTerms(env.Text("INQUIRY_DUE_MINUTES"))
	if err != nil {
		return nil, err
	}
	offices := &directory.Table{Client: db, Name: env.Text("DIRECTORY_TABLE"), Now: aws.Now, Zone: site.Zone}
	inquiries := &inquiry.Table{Client: db, Name: env.Text("INQUIRIES_TABLE"), Keys: keys.Fields, Directory: offices, Terms: terms,
		Retention: env.Days("INQUIRY_RETENTION_DAYS"), Now: aws.Now}
	audits := &audit.Log{Client: db, Name: env.Text("AUDIT_TABLE"), Keys: keys.Audit, Retention: env.Days("AUDIT_RETENTION_DAYS"), Now: aws.Now}
	store := &subscription.Store{
		Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys.Fields, Agency: site.Agency, Now: aws.Now, Zone: site.Zone,
		Limits:  &limit.Table{Client: db, Name: env.Text("LIMITS_TABLE"), Now: aws.Now},
		OptOuts: &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Sender:  sms.New(cfg, env), Mail: email.New(cfg, env), CodesPerPhonePerHour: env.Int("CODES_PER_PHONE_PER_HOUR"), CodesPerHour: env.Int("CODES_PER_HOUR"),
		CodesPerPhonePerDay: env.Int("CODES_PER_PHONE_PER_DAY"), CodesPerBlockPerHour: env.Int("CODES_PER_BLOCK_PER_HOUR"),
		CodesPerDay: env.Int("CODES_PER_DAY"), TextCountries: strings.Split(env.Text("TEXT_COUNTRIES"), ","),
		CountryOf: numbering.CountryOf, ZoneOf: numbering.ZoneOf,
		VisitTakes: visitTakes, Others: inquiries.TextsOf,
	}
	return newServer(site, &handler{store: store, ledger: ledger, ledgerDays: env.Int("ALERT_RETENTION_DAYS"), inquiries: inquiries, offices: offices, audit: audits,
		tipLine: env.Text("TIP_LINE_NUMBER"), ownCase: env.Text("OWN_CASE_NUMBER"), codesPerAddress: env.Int("CODES_PER_ADDRESS_PER_HOUR")})
}

// handler answers from the store of subscriptions, of the ledger whether something was sent, and of the inquiries how they
// stand.
type handler struct {
	*web.Server
	store            *subscription.Store
	ledger           *alert.Ledger
	ledgerDays       int // how long an alert is remembered after its subscription was ended
	inquiries        *inquiry.Table
	offices          offices
	audit            *audit.Log
	tipLine, ownCase string // the numbers of those who answer what we do not
	codesPerAddress  int    // codes asked for from one network address in an hour, that nobody confirms
}

// newServer routes what template.yaml sends to this function.
func newServer(site web.Site, h *handler) (http.Handler, error) {
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	server, err := web.NewServer(site, files, h.store.Now, describe)
	if err != nil {
		return nil, err
	}
	server.SignForms(h.store.Keys)
	h.Server = server
	server.Handle("GET", "/alerts", h.showForm)
	server.Handle("POST", "/alerts", h.takeForm)
	server.Handle("POST", "/alerts/verify", h.takeCode)
	server.Handle("POST", "/alerts/stop", h.takeStop)
	h.routeManage()
	server.Handle("POST", "/v1/subscriptions", h.subscribe)
	server.Handle("POST", "/v1/subscriptions/{id}/verify", h.verify)
	server.Handle("POST", "/v1/manage", h.askTokens)
	server.Handle("POST", "/v1/manage/verify", h.giveTokens)
	server.Handle("GET", "/v1/subscriptions/{id}", h.show)
	server.Handle("PATCH", "/v1/subscriptions/{id}", h.change)
	server.Handle("DELETE", "/v1/subscriptions/{id}", h.stop)
	server.Handle("GET", "/verify", h.checkForm)
	server.Handle("POST", "/verify", h.checkAnswer)
	server.Handle("POST", "/v1/verify", h.check)
	server.Handle("GET", "/ask", h.showAsk)
	server.Handle("POST", "/ask", h.takeAsk)
	server.Handle("GET", "/follow", h.showFollow)
	server.Handle("POST", "/follow", h.takeFollow)
	server.Handle("POST", "/v1/inquiries", h.inquire)
	server.Handle("POST", "/v1/inquiries/search", h.trace)
	return server, nil
}
