package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/template"
)

// sampleKey is where the sample goes, below the prefix that is watched.
const sampleKey = "sample.csv"

// loadSample uploads a file of invented people when the custody table is empty, the way staff would. A
// template without a custody table or a watched bucket gets none.
func (s *stack) loadSample(ctx context.Context) error {
	bucket, prefix := s.uploads()
	table := s.table("custody")
	if bucket == "" || table == "" {
		return nil
	}
	out, err := s.dynamodb().Scan(ctx, &sdk.ScanInput{TableName: &table, Limit: aws.Int32(1)})
	if err != nil {
		return fmt.Errorf("look into the custody table: %w", err)
	}
	if len(out.Items) > 0 {
		return nil
	}
	file, err := sampleFile(time.Now())
	if err != nil {
		return err
	}
	client := s3.New(s3.Options{
		Region: template.Region, BaseEndpoint: aws.String(s.s3.address()), UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider(dynamodb.AccessKey, dynamodb.SecretKey, ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
	_, err = client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: aws.String(prefix + sampleKey), Body: bytes.NewReader(file), ContentType: aws.String("text/csv"),
	})
	if err != nil {
		return fmt.Errorf("upload %s%s: %w", prefix, sampleKey, err)
	}
	s.console.say("uploaded %d invented people as s3://%s/%s%s; try A-number %s, born in %s",
		len(samplePeople), bucket, prefix, sampleKey, samplePeople[0].number, samplePeople[0].country)
	return nil
}

// uploads is the first bucket that tells a queue of new objects, and below which prefix; "" for none.
func (s *stack) uploads() (bucket, prefix string) {
	buckets, err := s.template.Buckets()
	if err != nil {
		return "", "" // Check has seen to it that this does not happen
	}
	for _, b := range buckets {
		if len(b.Notifications) > 0 {
			return b.Name, b.Notifications[0].Prefix
		}
	}
	return "", ""
}

// table is the name of a table that the template has by a short name; "" for none.
func (s *stack) table(short string) string {
	for _, t := range s.tables {
		if t.ShortName() == short {
			return t.Name
		}
	}
	return ""
}

// samplePerson is an invented person. Days and years count back from today, so that the sample never
// grows old.
type samplePerson struct {
	number, last, first string
	age                 int
	country, gender     string
	protected           string
	stints              []sampleStint
}

type sampleStint struct {
	bookedIn, bookedOut int // days ago; out 0 for somebody who is still there
	facility, code      string
	reason              string
}

var (
	northField = [2]string{"NORTHFIELD EXAMPLE CENTER", "NFEXMPL"}
	southField = [2]string{"SOUTHFIELD EXAMPLE CENTER", "SFEXMPL"}
)

func at(facility [2]string, in, out int, reason string) sampleStint {
	return sampleStint{bookedIn: in, bookedOut: out, facility: facility[0], code: facility[1], reason: reason}
}

// samplePeople has one of most things that can be found, and a minor and a protected person, who cannot.
var samplePeople = []samplePerson{
	{"A900-000-001", "Ejemplo", "Mateo", 34, "HONDURAS", "Male", "N", []sampleStint{at(northField, 1, 0, "")}},
	{"A900-000-002", "Amostra", "Beatriz", 41, "BRAZIL", "Female", "N", []sampleStint{at(northField, 30, 9, "Transferred"), at(southField, 9, 0, "")}},
	{"A900-000-003", "Örnek", "Deniz", 28, "TURKEY", "Male", "N", []sampleStint{at(southField, 45, 3, "Bonded Out - IJ")}},
	{"A900-000-004", "Muestra", "Lucía", 52, "MEXICO", "Female", "N", []sampleStint{at(northField, 60, 5, "Removed")}},
	{"A900-000-005", "Exemple", "Jean-Paul", 37, "HAITI", "Male", "N", []sampleStint{at(southField, 21, 2, "Order of recognizance")}},
	{"A900-000-006", "Przykład", "Ewa", 46, "POLAND", "Female", "N", []sampleStint{at(northField, 80, 14, "Voluntary departure")}},
	{"A900-000-007", "Udaharan", "Arjun", 31, "INDIA", "Male", "N", []sampleStint{at(southField, 33, 7, "U.S. Marshals or other agency (explain in Detention Comments)")}},
	{"A900-000-008", "Modelo", "Andrés", 25, "COLOMBIA", "Male", "N", []sampleStint{at(northField, 18, 1, "Escaped")}},
	{"A900-000-009", "Primer", "Irina", 63, "RUSSIA", "Female", "N", []sampleStint{at(southField, 100, 20, "Died")}},
	{"A900-000-010", "Thí Dụ", "Minh", 39, "VIETNAM", "Male", "N", []sampleStint{at(northField, 6, 0, "")}},
	{"A900-000-011", "Ejemplo", "Sofía", 15, "GUATEMALA", "Female", "N", []sampleStint{at(southField, 4, 0, "")}},
	{"A900-000-012", "Muestra", "Carmen", 33, "EL SALVADOR", "Female", "Y", []sampleStint{at(northField, 11, 0, "")}},
}

// sampleFile writes the people under the agency's own column titles.
func sampleFile(now time.Time) ([]byte, error) {
	const day, moment = "2006-01-02", "2006-01-02 15:04:05"
	rows := [][]string{{
		"A-Number", "Last Name", "First Name", "Date of Birth", "Birth Country", "Gender",
		"Stay Book In Date Time", "Book In Date Time", "Detention Facility", "Detention Facility Code",
		"Book Out Date Time", "Detention Release Reason", "Book In AOR", "Protected",
	}}
	for _, p := range samplePeople {
		born := now.AddDate(-p.age, -3, 0).Format(day)
		ago := func(days int) string {
			if days == 0 {
				return ""
			}
			return now.AddDate(0, 0, -days).Format(moment)
		}
		for _, s := range p.stints {
			rows = append(rows, []string{
				p.number, p.last, p.first, born, p.country, p.gender,
				ago(p.stints[0].bookedIn), ago(s.bookedIn), s.facility, s.code, ago(s.bookedOut), s.reason, "WAS", p.protected,
			})
		}
	}
	var file bytes.Buffer
	if err := csv.NewWriter(&file).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write the sample: %w", err)
	}
	return file.Bytes(), nil
}
