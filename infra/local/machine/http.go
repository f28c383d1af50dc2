package machine

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"voice.example/infra/local/durable"
)

// targetPrefix begins the names of Step Functions' actions in the header X-Amz-Target.
const targetPrefix = "AWSStepFunctions."

// maxRequest bounds a call: an input has at most 256 KiB, escaped.
const maxRequest = 1 << 20

// Before answers the calls that are for Step Functions and gives all others to next, for one port that speaks both.
func (s *Service) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		var in struct {
			StateMachineARN string `json:"stateMachineArn"`
			ExecutionARN    string `json:"executionArn"`
			Name, Input     string
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil || json.Unmarshal(body, &in) != nil {
			refuse(w, "ValidationException", "The request is not JSON.")
			return
		}
		switch action {
		case "StartExecution":
			s.serveStart(w, in.StateMachineARN, in.Name, in.Input)
		case "DescribeExecution":
			s.serveDescribe(w, in.ExecutionARN)
		default:
			refuse(w, "ValidationException", "The local Step Functions only know StartExecution and DescribeExecution.")
		}
	})
}

func (s *Service) serveStart(w http.ResponseWriter, machine, name, input string) {
	switch {
	case s.machines[machine] == nil:
		refuse(w, "StateMachineDoesNotExist", "State Machine Does Not Exist: '"+machine+"'")
		return
	case name == "" || len(name) > 80:
		refuse(w, "InvalidName", "A name has between 1 and 80 characters.")
		return
	case !json.Valid([]byte(input)):
		refuse(w, "InvalidExecutionInput", "The input is not JSON.")
		return
	}
	e, err := s.start(machine, name, json.RawMessage(input))
	switch {
	case errors.Is(err, errExists):
		refuse(w, "ExecutionAlreadyExists", "Execution Already Exists: '"+name+"'")
	case err != nil:
		fail(w)
	default:
		answer(w, map[string]any{"executionArn": e.ARN, "startDate": e.Started.Unix()})
	}
}

func (s *Service) serveDescribe(w http.ResponseWriter, arn string) {
	e, err := s.find(arn)
	switch {
	case errors.Is(err, durable.ErrNotFound):
		refuse(w, "ExecutionDoesNotExist", "Execution Does Not Exist: '"+arn+"'")
	case err != nil:
		fail(w)
	default:
		answer(w, map[string]any{"executionArn": e.ARN, "stateMachineArn": e.Machine, "status": e.Status, "startDate": e.Started.Unix(), "error": e.Error})
	}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(value) // a caller that has gone needs no answer
}

func refuse(w http.ResponseWriter, kind, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.swf.service.v2.model#" + kind, "message": message})
}

func fail(w http.ResponseWriter) {
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, `{"__type":"InternalServerError"}`)
}
