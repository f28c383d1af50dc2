package main

import (
	"strings"
	"testing"
)

func TestReadSettings(t *testing.T) {
	read := func(env map[string]string, args ...string) (settings, error) {
		return readSettings(args, func(name string) string { return env[name] })
	}
	t.Run("Defaults", func(t *testing.T) {
		s, err := read(nil)
		if err != nil || s.api.number != 8080 || s.phone.number != 8081 || s.s3.number != 9000 || s.dynamodb.number != 8000 || s.sns.number != 9911 || s.signIn.number != 9998 || s.state != ".local" {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("EnvironmentMovesPortsAndState", func(t *testing.T) {
		s, err := read(map[string]string{"VOICE_API_PORT": "0", "VOICE_SNS_PORT": "7000", "VOICE_STATE": "/elsewhere", "DYNAMODB_ENDPOINT": "http://localhost:1/"})
		if err != nil || s.api.number != 0 || s.sns.number != 7000 || s.state != "/elsewhere" || s.dynamodbEndpoint != "http://localhost:1" {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("FlagBeforeEnvironment", func(t *testing.T) {
		s, err := read(map[string]string{"VOICE_STATE": "/elsewhere"}, "--state", "/here", "--param", "A=1=2", "--param", "B=")
		if err != nil || s.state != "/here" || s.parameters["A"] != "1=2" || len(s.parameters) != 2 {
			t.Fatalf("%+v, %v", s, err)
		}
	})
	t.Run("ErrPort", func(t *testing.T) {
		for _, text := range []string{"http", "-1", "70000"} {
			if _, err := read(map[string]string{"VOICE_S3_PORT": text}); err == nil || !strings.Contains(err.Error(), "VOICE_S3_PORT") {
				t.Errorf("%s: err = %v", text, err)
			}
		}
	})
	t.Run("ErrArgument", func(t *testing.T) {
		if _, err := read(nil, "start"); err == nil || !strings.Contains(err.Error(), "start") {
			t.Fatalf("err = %v", err)
		}
	})
}
