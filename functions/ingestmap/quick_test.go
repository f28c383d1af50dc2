package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/localtest"
	"voice.example/shared/upload"
)

// The answer of Step Functions comes late, as when the client had to ask twice: the machine has begun by then.
func TestMachineThatIsFasterThanItsAnswerLosesNoRows(t *testing.T) {
	defer func() {
		if fault := recover(); fault != nil {
			t.Errorf("the function panics: %v", fault)
		}
	}()
	ctx := context.Background()
	o := newOffice(t)
	bucket, key := localtest.Bucket, "uploads/x.csv"
	put, err := o.cloud.S3().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(people(100, "2026-05-01", "in_custody"))})
	if err != nil {
		t.Fatal(err)
	}
	object := upload.Object{Bucket: bucket, Key: key, Version: *put.VersionId, Versioned: true, ReceivedAt: time.Now()}
	order := func(step upload.Step, unit int) []int {
		done, err := o.Handle(ctx, upload.Order{UploadID: object.ID(), Step: step, Unit: unit})
		if err != nil {
			t.Fatalf("%s %d: %v", step, unit, err)
		}
		return done.Units
	}
	var ranges []int
	ingest := *o.Uploads
	ingest.Machine = &upload.Machine{ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:UploadMachine", Above: 1000,
		Client: stepFunctions(func(string, map[string]any) { ranges = order(upload.StepLook, 0) })}
	if _, err := ingest.Run(ctx, object); err != nil {
		t.Fatal(err)
	}
	for _, unit := range ranges {
		order(upload.StepValidate, unit)
	}
	for _, unit := range order(upload.StepRead, 0) {
		order(upload.StepDiff, unit)
	}
	for _, unit := range order(upload.StepPlan, 0) {
		order(upload.StepApply, unit)
	}
	order(upload.StepEnd, 0)
	if s := o.summary(object.ID()); s.Rows != 101 || s.Applied != 100 {
		t.Errorf("%s: %+v", s.State, s.Counts)
	}
}
