package main

import (
	"testing"

	"voice.example/shared/aws/awstest"
	"voice.example/shared/upload"
)

func TestLine(t *testing.T) {
	o := newOffice(t)
	object, _ := o.announce("uploads/x.csv", people(100, "2026-05-01", "in_custody"), 1000)
	t.Run("ReportsAnUploadThatIsGivenUp", func(t *testing.T) {
		line := awstest.Once(t, o.Handle, upload.Order{UploadID: object.ID(), Step: upload.StepGiveUp, Error: "States.Timeout"})
		if line.Number("UploadsFailed") != 1 || line.Text("level") != "ERROR" || line.Text("upload_id") != object.ID() || line.Text("cause") != "States.Timeout" {
			t.Errorf("%v", line)
		}
	})
	t.Run("ErrNoSuchUpload", func(t *testing.T) {
		line := awstest.Once(t, o.Handle, upload.Order{UploadID: "none", Step: upload.StepLook})
		if line.Text("outcome") != "error" || line["UploadsFailed"] != nil {
			t.Errorf("%v", line)
		}
	})
}
