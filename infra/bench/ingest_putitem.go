package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/text/unicode/norm"
)

// plain is an item as people declare it.
type plain struct {
	ANumber        string `dynamodbav:"a_number"`
	Version        int    `dynamodbav:"version"`
	LastName       string `dynamodbav:"last_name,omitempty"`
	FirstName      string `dynamodbav:"first_name,omitempty"`
	NameKey        string `dynamodbav:"name_key,omitempty"`
	DateOfBirth    string `dynamodbav:"date_of_birth,omitempty"`
	CountryOfBirth string `dynamodbav:"country_of_birth,omitempty"`
	Protected      bool   `dynamodbav:"protected"`
	Status         string `dynamodbav:"status"`
	Since          string `dynamodbav:"since"`
	BookedIn       string `dynamodbav:"booked_in,omitempty"`
	StintStart     string `dynamodbav:"stint_start,omitempty"`
	Facility       string `dynamodbav:"facility,omitempty"`
	FacilityCode   string `dynamodbav:"facility_code,omitempty"`
	FieldOffice    string `dynamodbav:"field_office,omitempty"`
	ReleaseReason  string `dynamodbav:"release_reason,omitempty"`
	AsOf           string `dynamodbav:"as_of"`
	ReceivedAt     string `dynamodbav:"received_at"`
	UploadID       string `dynamodbav:"upload_id"`
	Feed           string `dynamodbav:"feed,omitempty"`
	HeldBy         string `dynamodbav:"held_by,omitempty"`
	RowHash        string `dynamodbav:"row_hash,omitempty"`
}

// putItem reads the file with encoding/csv and puts one row after the other, with no check and no condition.
func putItem(ctx context.Context, j job) (load, error) {
	t, err := openTable(ctx)
	if err != nil {
		return load{}, err
	}
	zone := t.env.Zone("FEED_TIME_ZONE")
	file, err := os.Open(j.File)
	if err != nil {
		return load{}, err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	header, err := rows.Read()
	if err != nil {
		return load{}, err
	}
	at := map[string]int{}
	for i, title := range header {
		at[title] = i
	}
	countries := map[string]string{}
	for _, c := range born {
		countries[c[0]] = c[1]
	}
	receivedAt, l := time.Now().UTC().Format(time.RFC3339Nano), load{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return consumed(l, t.meter), nil
		}
		if err != nil {
			return load{}, err
		}
		p, err := plainOf(func(title string) string { return row[at[title]] }, zone, countries)
		if err != nil {
			return load{}, err
		}
		sum := sha256.Sum256([]byte(strings.Join(row, "\x00")))
		p.ReceivedAt, p.UploadID, p.RowHash = receivedAt, uploadID, base64.RawStdEncoding.EncodeToString(sum[:16])
		item, err := attributevalue.MarshalMap(p)
		if err != nil {
			return load{}, err
		}
		if _, err := t.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.name, Item: item}); err != nil {
			return load{}, err
		}
		l.Rows++
		l.Written++
	}
}

// uploadID is as long as a real one.
const uploadID = "00000000000000000000000000000000"

func plainOf(cell func(title string) string, zone *time.Location, countries map[string]string) (plain, error) {
	when := func(title string) (string, error) {
		text := cell(title)
		if text == "" {
			return "", nil
		}
		at, err := time.ParseInLocation(time.DateTime, text, zone)
		return at.UTC().Format(time.RFC3339), err
	}
	stay, err1 := when("Stay Book In Date Time")
	in, err2 := when("Book In Date Time")
	out, err3 := when("Book Out Date Time")
	p := plain{ANumber: cell("A-Number"), Version: 1, LastName: cell("Last Name"), FirstName: cell("First Name"), DateOfBirth: cell("Date of Birth"),
		CountryOfBirth: countries[cell("Birth Country")], Protected: cell("Protected") == "Y", BookedIn: stay, StintStart: in,
		Facility: cell("Detention Facility"), FacilityCode: cell("Detention Facility Code"), FieldOffice: cell("Book In AOR"),
		ReleaseReason: cell("Detention Release Reason"), Feed: feedName}
	p.NameKey = fold(p.LastName) + "|" + fold(p.FirstName) + "|" + p.CountryOfBirth
	p.Status, p.Since, p.AsOf, p.HeldBy = "in_custody", in, in, feedName
	if out != "" {
		p.Status, p.Since, p.AsOf, p.HeldBy = "released", out, out, ""
	}
	return p, errors.Join(err1, err2, err3)
}

func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(name))
}
