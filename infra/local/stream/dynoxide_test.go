package stream

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// endpoint starts the real DynamoDB stand-in once for all tests of this package.
var endpoint = sync.OnceValues(startDynoxide)

// stopDynoxide is set once it runs.
var stopDynoxide = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopDynoxide()
	os.Exit(code)
}

func startDynoxide() (string, error) {
	binary, err := findDynoxide()
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	c := exec.Command(binary, "serve", "--host", "127.0.0.1", "--port", port)
	if err := c.Start(); err != nil {
		return "", err
	}
	stopDynoxide = func() { c.Process.Kill(); c.Wait() }
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "http://" + address, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return "", fmt.Errorf("dynoxide does not answer on %s", address)
}

// findDynoxide looks where "make tools" puts it; VOICE_DYNOXIDE names another.
func findDynoxide() (string, error) {
	if path := os.Getenv("VOICE_DYNOXIDE"); path != "" {
		return path, nil
	}
	folder, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	platform := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if platform == "" {
		platform = runtime.GOARCH
	}
	found, _ := filepath.Glob(filepath.Join(folder, "infra/local/node_modules/@dynoxide", runtime.GOOS+"-"+platform+"*", "dynoxide"))
	if len(found) == 0 {
		return "", fmt.Errorf("the dynoxide binary is missing: run make tools")
	}
	return found[0], nil
}

// table is a fresh table with a stream.
type table struct {
	t       *testing.T
	name    string
	items   *dynamodb.Client
	streams *dynamodbstreams.Client
	path    string // of the state file
	db      *durable.DB
}

func newTable(t *testing.T) *table {
	t.Helper()
	url, err := endpoint()
	if err != nil {
		t.Fatal(err)
	}
	who := credentials.NewStaticCredentialsProvider("local", "local-secret", "")
	x := &table{
		t: t, name: fmt.Sprintf("t-%d", time.Now().UnixNano()), path: filepath.Join(t.TempDir(), "db"),
		items:   dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: who}),
		streams: dynamodbstreams.New(dynamodbstreams.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: who}),
	}
	_, err = x.items.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &x.name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("k"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: types.KeyTypeHash}},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
	x.reopen()
	t.Cleanup(func() { x.db.Close() })
	return x
}

// reopen closes and opens the state file, as a killed and started process does.
func (x *table) reopen() {
	x.t.Helper()
	if x.db != nil {
		x.db.Close()
	}
	var err error
	if x.db, err = durable.Open(x.path); err != nil {
		x.t.Fatal(err)
	}
}

// put writes an item with a number in it.
func (x *table) put(key string, n int) {
	x.t.Helper()
	_, err := x.items.PutItem(x.t.Context(), &dynamodb.PutItemInput{TableName: &x.name, Item: map[string]types.AttributeValue{
		"k": &types.AttributeValueMemberS{Value: key}, "n": &types.AttributeValueMemberN{Value: fmt.Sprint(n)},
	}})
	if err != nil {
		x.t.Fatal(err)
	}
}

// checkpoint is the sequence number that has been written down, "" before the first.
func (x *table) checkpoint() string {
	var c checkpoint
	x.db.View(func(tx *bbolt.Tx) error {
		mapping := durable.Find(tx, "streams", "test")
		if mapping == nil {
			return nil
		}
		return mapping.ForEachBucket(func(arn []byte) error {
			return mapping.Bucket(arn).ForEach(func(key, _ []byte) error {
				if strings.HasPrefix(string(key), "shard ") {
					return durable.Get(mapping.Bucket(arn), key, &c)
				}
				return nil
			})
		})
	})
	return c.Sequence
}

// putAll writes one item each for the numbers from 0 on, all of one key.
func (x *table) putAll(n int) {
	x.t.Helper()
	for i := range n {
		x.put("key", i)
	}
}

// run starts a mapping with quick settings and gives what stops it and waits for it.
func (x *table) run(c Config) (stop func()) {
	x.t.Helper()
	c.Name, c.Streams, c.DB, c.TableName, c.FunctionARN = "test", x.streams, x.db, x.name, "arn:aws:lambda:us-east-1:000000000000:function:f"
	c.PollInterval, c.FirstBackoff = 5*time.Millisecond, 2*time.Millisecond
	m, err := New(c)
	if err != nil {
		x.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(x.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	x.t.Cleanup(stop)
	return stop
}

// until polls for something to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}
