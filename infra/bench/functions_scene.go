package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	local "voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
	"voice.example/infra/rig"
	"voice.example/shared/country"
)

// scene is what all contenders share: the DynamoDB, SNS, SQS, S3 and phones of infra/rig, and the template.
type scene struct {
	*rig.Rig
	host      *rig.Host
	root      string
	folder    string
	tables    []template.Table
	functions map[string]template.Function // by folder
	bucket    string                       // of uploads
	sets      int
}

func openScene(ctx context.Context, folder string) (s *scene, err error) {
	s = &scene{host: rig.NewHost(ctx, folder), folder: folder, functions: map[string]template.Function{}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.root, err = local.FindRoot("."); err != nil {
		return s, err
	}
	s.Rig = rig.New(s.host, rig.Config{})
	parsed, err := template.Load(filepath.Join(s.root, "template.yaml"), template.Options{APIEndpoint: "http://127.0.0.1:1",
		QueueEndpoint: *s.AWS().BaseEndpoint, Issuer: "http://127.0.0.1:1", Secret: func(string) (string, error) { return rig.DataKey, nil }})
	if err != nil {
		return s, err
	}
	if s.tables, err = parsed.Tables(); err != nil {
		return s, err
	}
	functions, err := parsed.Functions()
	if err != nil {
		return s, err
	}
	for _, f := range functions {
		s.functions[f.Folder] = f
	}
	buckets, err := parsed.Buckets()
	if err != nil {
		return s, err
	}
	for _, b := range buckets {
		if strings.HasSuffix(b.Name, "uploads") || s.bucket == "" {
			s.bucket = b.Name
		}
	}
	return s, s.writeCountries()
}

func (s *scene) close() { s.host.Close() }

// countriesFile is what the Python peers read names of countries from.
func (s *scene) countriesFile() string { return filepath.Join(s.folder, "countries.json") }

func (s *scene) writeCountries() error {
	names := map[string]country.Code{}
	for _, language := range []string{"es", "en"} {
		for _, c := range country.All(language) {
			names[strings.ToLower(c.Name)], names[strings.ToLower(string(c.Code))] = c.Code, c.Code
		}
	}
	for _, b := range born {
		names[strings.ToLower(b[0])] = country.Code(b[1])
	}
	text, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return os.WriteFile(s.countriesFile(), text, 0o600)
}

// tableSet is one contender's tables, by short name. They are without streams: what functions read of those, the bench
// makes up, and dynoxide takes longer for each write the more records there are in any stream.
type tableSet map[string]string

// keysTable is the table that all sets share: functions seal with what the rig keeps in it.
const keysTable = "keys"

func (s *scene) freshTables(ctx context.Context) (tableSet, error) {
	s.sets++
	set := tableSet{}
	var own []template.Table
	for _, t := range s.tables {
		if t.ShortName() == keysTable {
			set[keysTable] = s.DB.Table(keysTable)
			continue
		}
		short := t.Name
		t.Name, t.Stream = fmt.Sprintf("f%d-%s", s.sets, short), ""
		set[t.ShortName()] = t.Name
		own = append(own, t)
	}
	return set, local.CreateTables(ctx, s.DB.Client, own)
}

// settings are the environment that the template gives a function, with a set's tables.
func (s *scene) settings(f template.Function, set tableSet) map[string]string {
	env := maps.Clone(f.Environment)
	for name, value := range env {
		i := slices.IndexFunc(s.tables, func(t template.Table) bool { return strings.HasSuffix(name, "_TABLE") && t.Name == value })
		if i >= 0 {
			env[name] = set[s.tables[i].ShortName()]
		}
	}
	return env
}

// remake makes a table of the template anew, empty, by that name.
func (s *scene) remake(ctx context.Context, t template.Table, name string) error {
	if _, err := s.DB.Client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
		return err
	}
	t.Name = name
	return local.CreateTables(ctx, s.DB.Client, []template.Table{t})
}
