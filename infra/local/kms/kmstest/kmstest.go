// Package kmstest gives a test a KMS with one key, which answers as the local runner's does and can be taken away:
//
//	k := kmstest.New(t)
//	table := &keyring.Table{…, KMS: k.Client, Key: k.Key}
package kmstest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kms"

	"voice.example/infra/local/kms"
	"voice.example/infra/local/template"
)

// KMS is one test's.
type KMS struct {
	Client   *sdk.Client
	Endpoint string
	Key      string // the key's ARN
	down     atomic.Bool
	calls    atomic.Int64
}

// New starts one, with a key that nobody else has.
func New(t testing.TB) *KMS {
	t.Helper()
	k := &KMS{Key: "arn:aws:kms:" + template.Region + ":" + template.AccountID + ":key/test"}
	service, err := kms.OpenIn(t.TempDir(), k.Key)
	if err != nil {
		t.Fatal(err)
	}
	answer := service.Mux(http.NotFoundHandler())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.calls.Add(1)
		if k.down.Load() {
			w.Header().Set("X-Amzn-Errortype", "KMSInternalException")
			http.Error(w, `{"__type":"KMSInternalException"}`, http.StatusInternalServerError)
			return
		}
		answer.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	k.Endpoint = server.URL
	k.Client = sdk.New(sdk.Options{Region: template.Region, BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("local", strings.Repeat("s", 8), ""), Retryer: aws.NopRetryer{}})
	return k
}

// Down takes it away, or gives it back.
func (k *KMS) Down(down bool) { k.down.Store(down) }

// Calls counts what it was asked.
func (k *KMS) Calls() int { return int(k.calls.Load()) }
