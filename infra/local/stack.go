package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"voice.example/infra/local/bucket"
	"voice.example/infra/local/channel"
	"voice.example/infra/local/durable"
	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/kms"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/machine"
	"voice.example/infra/local/permission"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
	"voice.example/infra/local/topic"
)

// stopWithin is how long requests that run may go on after a Ctrl-C.
const stopWithin = 10 * time.Second

// stack is everything that runs.
type stack struct {
	settings settings
	console  *console
	failed   chan error // told when a part ends that nobody ended

	state    *state
	api      *site
	phoneNet *site
	s3       *site
	sns      *site
	signIn   *site
	calls    *site // of functions to DynamoDB, which is another program

	template *template.Template
	database *dynamodb.Server // nil with DYNAMODB_ENDPOINT
	endpoint string           // of DynamoDB
	tables   []template.Table
	db       *durable.DB
	network  *phone.Network
	queues   *queue.Service
	topics   *topic.Service
	buckets  *bucket.Store
	keys     *kms.Service
	pools    map[string]*lambda.Pool // by logical id
	byARN    map[string]*lambda.Pool
	invoke   lambda.API
	machines *machine.Service
	logs     []*functionLog

	policies *permission.Policies
	record   *permission.Record
	gate     *permission.Gate

	sources  *group // what calls functions: ends first
	services *group // what functions call: ends last
}

// group is goroutines that run until they are told to end.
type group struct {
	sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc
}

func newGroup() *group {
	ctx, cancel := context.WithCancel(context.Background())
	return &group{ctx: ctx, cancel: cancel}
}

func (g *group) run(f func(context.Context)) { g.Go(func() { f(g.ctx) }) }

// start brings everything up, in the order in which the parts need each other. Whatever it started is
// stopped again when it fails.
func start(ctx context.Context, settings settings, console *console) (*stack, error) {
	s := &stack{
		settings: settings, console: console, failed: make(chan error, 1),
		pools: map[string]*lambda.Pool{}, byARN: map[string]*lambda.Pool{}, sources: newGroup(), services: newGroup(),
	}
	for _, step := range []func(context.Context) error{
		s.openState, s.openPorts, s.readTemplate, s.readPolicies, s.startDatabase, s.startServices, s.makeKeysets, s.startFunctions, s.startSources,
	} {
		if err := step(ctx); err != nil {
			s.stop()
			return nil, err
		}
	}
	return s, nil
}

func (s *stack) openState(context.Context) (err error) {
	s.state, err = openState(s.settings.state)
	return err
}

// openPorts takes every port before anything starts, so that one that is taken is known at once.
func (s *stack) openPorts(context.Context) error {
	for _, p := range []struct {
		port port
		site **site
	}{{s.settings.api, &s.api}, {s.settings.phone, &s.phoneNet}, {s.settings.s3, &s.s3}, {s.settings.sns, &s.sns}, {s.settings.signIn, &s.signIn}} {
		listener, err := listen(p.port)
		if err != nil {
			return err
		}
		*p.site = &site{listener: listener}
	}
	if s.settings.dynamodbEndpoint == "" {
		return isFree(s.settings.dynamodb)
	}
	return nil
}

func (s *stack) readTemplate(context.Context) error {
	var known secrets
	options := template.Options{
		Parameters: s.settings.parameters,
		Defaults: map[string]string{
			"UploadsBucketName": "voice-uploads", // a name that people can type
			"StaffEmail":        "staff@agency.example",
			"EmailFrom":         "voice@agency.example",
			"SiteUrl":           s.api.url(),
			// Everybody on this machine has its address, and the numbers that are nobody's are a hundred of each area.
			"CodesPerAddressPerHour": "1000000",
			"CodesPerBlockPerHour":   "1000000",
			"LookupsPerMinute":       "1000000",
		},
		APIEndpoint:   s.api.url(),
		QueueEndpoint: s.sns.address(),
		Issuer:        s.signIn.url(),
		Secret:        func(id string) (string, error) { return known.get(id) },
	}
	parsed, err := template.Load(s.settings.template, options)
	if err != nil {
		return err
	}
	wanted, err := parsed.Secrets()
	if err != nil {
		return err
	}
	if known, err = openSecrets(s.state, wanted); err != nil {
		return err
	}
	if err := parsed.Check(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(s.settings.template), err)
	}
	s.template = parsed
	s.tables, err = parsed.Tables()
	return err
}

func (s *stack) startDatabase(ctx context.Context) error {
	s.endpoint = s.settings.dynamodbEndpoint
	if s.endpoint == "" {
		root, err := dynamodb.FindRoot(filepath.Dir(s.settings.template))
		if err != nil {
			return err
		}
		binary, err := dynamodb.FindBinary(root)
		if err != nil {
			return err
		}
		s.database, err = dynamodb.Start(ctx, dynamodb.Config{
			Binary: binary, Port: s.settings.dynamodb.number, Path: s.state.path("dynamodb.sqlite"),
		})
		if err != nil {
			return fmt.Errorf("start DynamoDB: %w", err)
		}
		s.endpoint = s.database.Endpoint
		go s.watchDatabase()
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := dynamodb.CreateTables(ctx, s.dynamodb(), s.tables); err != nil {
		return fmt.Errorf("make the tables at %s: %w", s.endpoint, err)
	}
	return nil
}

// watchDatabase ends the run when DynamoDB ends before the run does.
func (s *stack) watchDatabase() {
	select {
	case <-s.services.ctx.Done():
	case <-s.database.Done():
		if s.services.ctx.Err() == nil {
			s.fail(fmt.Errorf("DynamoDB ended: %s", s.database.Output()))
		}
	}
}

func (s *stack) fail(err error) {
	select {
	case s.failed <- err:
	default: // another failure is being dealt with
	}
}

// startServices starts what functions call: the phones, queues, buckets, topics and the staff's sign-in.
func (s *stack) startServices(context.Context) error {
	var err error
	if s.db, err = durable.Open(s.state.path("state.db")); err != nil {
		return err
	}
	if s.network, err = s.openPhones(); err != nil {
		return err
	}
	if s.queues, err = s.openQueues(); err != nil {
		return err
	}
	if s.buckets, err = s.openBuckets(); err != nil {
		return err
	}
	if s.topics, err = s.openTopics(); err != nil {
		return err
	}
	if s.keys, err = s.openKeys(); err != nil {
		return err
	}
	if s.machines, err = s.openMachines(); err != nil {
		return err
	}
	provider, err := s.openSignIn()
	if err != nil {
		return err
	}
	s.services.run(s.buckets.Run)
	s.phoneNet.serve(s.network, http.DefaultMaxHeaderBytes, s.failed)
	s.s3.serve(s.gate.Before(s.buckets), http.DefaultMaxHeaderBytes, s.failed)
	messages := s.keys.Mux(s.machines.Before(s.invoke.Before(channel.Mux(s.network, s.console.log(), topic.Mux(s.topics, s.queues)))))
	s.sns.serve(s.gate.Before(messages), http.DefaultMaxHeaderBytes, s.failed)
	s.signIn.serve(provider, http.DefaultMaxHeaderBytes, s.failed)
	return nil
}

// startFunctions makes a pool for each function. No process starts before the first request.
func (s *stack) startFunctions(context.Context) error {
	functions, err := s.template.Functions()
	if err != nil {
		return err
	}
	for _, f := range functions {
		binary, err := filepath.Abs(filepath.Join(s.settings.build, f.Folder, "bootstrap"))
		if err != nil {
			return err
		}
		if _, err := os.Stat(binary); err != nil {
			return fmt.Errorf("%s has not been compiled (there is no %s): run make build", f.LogicalID, filepath.Join(s.settings.build, f.Folder, "bootstrap"))
		}
		output, err := openFunctionLog(s.state.path("logs", f.Folder+".log"), s.console)
		if err != nil {
			return err
		}
		s.logs = append(s.logs, output)
		access, err := s.admit(f)
		if err != nil {
			return err
		}
		s.pools[f.LogicalID] = lambda.New(lambda.Config{
			Name: f.Name, ARN: f.ARN, Binary: binary, Timeout: f.Timeout, MemoryMB: f.MemoryMB, Reserved: f.Concurrency,
			Environment: s.environment(f, binary, access),
			Output:      output,
			Report:      func(r lambda.Record) { s.console.invocation(f.Folder, r) },
		})
		s.byARN[f.ARN] = s.pools[f.LogicalID]
		s.invoke.Add(f.Name, s.pools[f.LogicalID].From("invoke"))
	}
	return nil
}

func (s *stack) environment(f template.Function, binary string, access access) []string {
	extra := map[string]string{
		"AWS_ACCESS_KEY_ID":                      access.credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":                  access.credentials.SecretAccessKey,
		"AWS_ENDPOINT_URL_DYNAMODB":              access.dynamodb,
		"AWS_ENDPOINT_URL_S3":                    s.s3.address(),
		"AWS_ENDPOINT_URL_SNS":                   s.sns.address(),
		"AWS_ENDPOINT_URL_SQS":                   s.sns.address(),
		"AWS_ENDPOINT_URL_KMS":                   s.sns.address(),
		"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": s.sns.address(),
		"AWS_ENDPOINT_URL_SESV2":                 s.sns.address(),
		"AWS_ENDPOINT_URL_SFN":                   s.sns.address(),
		"AWS_REQUEST_CHECKSUM_CALCULATION":       "when_required",
		"AWS_RESPONSE_CHECKSUM_VALIDATION":       "when_required",
	}
	if access.credentials.SessionToken != "" {
		extra["AWS_SESSION_TOKEN"] = access.credentials.SessionToken
	}
	return lambda.Environment(lambda.Variables{
		Name: f.Name, Region: template.Region, MemoryMB: f.MemoryMB, Binary: binary,
		LogFormat: f.LogFormat, LogLevel: f.LogLevel, Own: f.Environment,
		Extra: extra,
	})
}

func (s *stack) streams() *dynamodbstreams.Client {
	return dynamodb.StreamsClient(s.endpoint, s.credentials())
}
