// Package rig gives a test or a benchmark the real parts of the service, without a pace of their own:
//
//	r := rig.New(t, rig.Config{Functions: []string{"alerts", "deliver"}})
//	custody.NewTable(r.DB.Client, r.DB.Table("custody")).Apply(ctx, record)
//	r.Invoke("alerts", rig.StreamEvent(r.Stream()...), rig.Fault{Kind: rig.Kill, At: 3})
//	r.Invoke("deliver", r.QueueEvent(rig.Urgent, r.Receive(rig.Urgent)...), rig.Fault{})
//	texts := r.Texts("")
//
// The functions are the binaries that are deployed, with the environment that template.yaml gives them, but for their
// clock, which Advance moves. DynamoDB, its stream, SNS, SQS, S3 and the phones are those of infra/local, with the
// template's tables, filter policies, timeouts and redrives. Nothing happens by itself: the test is the event source of
// every function, in any order and as often as it likes. All that a function says to AWS passes a proxy, which counts it
// and can make it fail.
//
// The proxy is in this process, and not a program such as toxiproxy between two ports: it knows which call of which
// invocation it has in hand, so that a fault can be "the second UpdateItem of this one", a batch can fail in part, and a
// function can die at a call.
//
// Limits: nobody has a password, and there is no sign-in page: Token makes what a sign-in of staff would give. Nothing is
// sent by End User Messaging or SES. The clock only goes forward.
package rig

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/phone"
	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
	"voice.example/infra/local/topic"
	"voice.example/shared/keyring"
	"voice.example/shared/secret"
)

// DataKey is the secret of the template's functions here.
const DataKey = "a-data-key-of-tests-which-keeps-nothing-secret-0123456789abcdef"

// Config says what a rig has.
type Config struct {
	// Functions are the folders of functions/ whose binaries can be invoked.
	Functions []string
	// Lanes is how many invocations of one function can run side by side; 0 means 1.
	Lanes int
	// Capacity has DynamoDB say what each call consumes, for Usage. It changes what is sent, and nothing else.
	Capacity bool
	// DiskFull has every function find that no file can grow: writing the first byte fails.
	DiskFull bool
	// Parameters override the template's parameters by name.
	Parameters map[string]string
}

// Rig is the parts.
type Rig struct {
	DB *dynamodbtest.DB

	t         testing.TB
	config    Config
	clock     *clock
	template  *template.Template
	queues    *queue.Service
	topics    *topic.Service
	phones    *phone.Network
	services  services
	direct    string // a URL that leads to the services past the proxy
	functions map[string]*function
	streams   *dynamodbstreams.Client
	readers   map[string]*reader // of streams, by table
	staff     *staffKeys
	api       http.Handler
	since     int // how many texts are of before the last Reset

	mu    sync.Mutex
	used  Usage
	count int // of invocations
}

// New compiles the functions and starts everything; it stops with the test.
func New(t testing.TB, c Config) *Rig {
	t.Helper()
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	r := &Rig{t: t, config: c, DB: dynamodbtest.New(t), functions: map[string]*function{}, readers: map[string]*reader{}, used: Usage{Calls: map[string]int{}}}
	r.clock = newClock(t)
	issuer := r.openStaff()
	r.template, err = template.Load(filepath.Join(root, "template.yaml"), template.Options{
		Parameters: c.Parameters, APIEndpoint: "http://127.0.0.1:1", QueueEndpoint: "http://127.0.0.1:1", Issuer: issuer,
		Secret: func(string) (string, error) { return DataKey, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	r.openServices()
	server := httptest.NewServer(r.services)
	t.Cleanup(server.Close)
	r.direct = server.URL
	r.streams = dynamodb.StreamsClient(r.DB.Endpoint, aws.Credentials{AccessKeyID: dynamodb.AccessKey, SecretAccessKey: dynamodb.SecretKey})
	if err := r.Keys().Make(t.Context(), "rig"); err != nil {
		t.Fatal(err)
	}
	r.openFunctions(root)
	r.openAPI()
	return r
}

// Keys are those that the functions have. What a test seals with them, the functions open.
func (r *Rig) Keys() keyring.Keys {
	r.t.Helper()
	keys, err := secret.New(DataKey)
	if err != nil {
		r.t.Fatal(err)
	}
	return keyring.Of(keys, &keyring.Table{Client: r.DB.Client, Name: r.DB.Table("keys"), KMS: kms.NewFromConfig(r.AWS()), Key: r.KMSKey(), Now: r.Now})
}

// KMSKey is the ARN of the template's key of KMS.
func (r *Rig) KMSKey() string {
	r.t.Helper()
	arns, err := r.template.Keys()
	if err != nil || len(arns) != 1 {
		r.t.Fatalf("template.yaml has %d keys of KMS, %v", len(arns), err)
	}
	return arns[0]
}

// AWS is what a client of the test's own is made from. Its calls are not counted and do not fail.
func (r *Rig) AWS() aws.Config {
	return aws.Config{Region: template.Region, BaseEndpoint: &r.direct, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		Credentials: credentials.NewStaticCredentialsProvider(dynamodb.AccessKey, dynamodb.SecretKey, "")}
}

// Streams is a client for the streams of the tables.
func (r *Rig) Streams() *dynamodbstreams.Client { return r.streams }

// environment is that of a function in the template, with this rig's tables.
func (r *Rig) environment(f template.Function) map[string]string {
	r.t.Helper()
	tables, err := r.template.Tables()
	if err != nil {
		r.t.Fatal(err)
	}
	env := maps.Clone(f.Environment)
	for name, value := range env {
		for _, table := range tables {
			if strings.HasSuffix(name, "_TABLE") && value == table.Name {
				env[name] = r.DB.Table(table.ShortName())
			}
		}
	}
	return env
}
