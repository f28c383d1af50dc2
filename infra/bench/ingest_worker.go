package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/pprof"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
)

// job is one load, as a process of its own is told of it: by an argument, as JSON.
type job struct {
	Candidate string `json:"candidate"`
	Round     round  `json:"round"`
	File      string `json:"file"`              // on this machine
	Key       string `json:"key"`               // in the bucket, for who reads it there
	Version   string `json:"version"`           // of that
	SliceS    int    `json:"slice_s,omitempty"` // how long an attempt may take; 0: as long as it takes
	Profile   string `json:"profile,omitempty"` // where a CPU profile is to go
}

// work does a job and says on to what came of it.
func work(ctx context.Context, text string, to io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	if j.Profile != "" {
		file, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	run, ok := map[string]func(context.Context, job) (load, error){
		"voice": voice, "go-putitem": putItem, "floor": floor,
	}[j.Candidate]
	if !ok {
		return fmt.Errorf("there is no candidate %q", j.Candidate)
	}
	done, err := run(ctx, j)
	if err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(done)
}

// table is what the Go peers need: the custody table, with what its calls consume.
type table struct {
	*dynamodb.Client
	name  string
	meter *aws.Meter
	env   *aws.Variables
}

func openTable(ctx context.Context) (*table, error) {
	cfg, err := aws.Load(ctx)
	if err != nil {
		return nil, err
	}
	t := &table{meter: new(aws.Meter), env: aws.Environment()}
	t.Client = dynamodb.NewFromConfig(cfg, t.meter.Attach)
	t.name = t.env.Text("CUSTODY_TABLE")
	return t, t.env.Err()
}

// consumed fills in a load's figures.
func consumed(l load, m *aws.Meter) load {
	used := m.Read()
	l.Calls, l.RRU, l.WRU = used.Calls, used.RRU, used.WRU
	return l
}
