package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/county"
	"voice.example/shared/i18n"
	"voice.example/shared/staff"
)

// Read reads the whole directory, strongly consistent: one call for each megabyte, and so one.
func (t *Table) Read(ctx context.Context) (*Directory, error) {
	b := newBuilder()
	pages := dynamodb.NewScanPaginator(t.Client, &dynamodb.ScanInput{TableName: &t.Name, ConsistentRead: sdk.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("directory: reading: %w", err)
		}
		for _, item := range page.Items {
			if err := b.add(item); err != nil {
				return nil, err
			}
		}
	}
	return b.build(), nil
}

// OfficeOf gives the code of the office of a county, by its FIPS code, or National. It is one read of one item.
func (t *Table) OfficeOf(ctx context.Context, fips string) (string, error) {
	c, err := county.Parse(fips)
	if err != nil {
		return National, nil // nobody's, and still to be seen to
	}
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key(entryCounty, c.FIPS[:2])})
	if err != nil {
		return "", fmt.Errorf("directory: reading a state's offices: %w", err)
	}
	var i item
	if err := attributevalue.UnmarshalMap(out.Item, &i); err != nil {
		return "", fmt.Errorf("directory: an item is none: %w", err)
	}
	office, err := coverage(i.Offices).of(c.FIPS)
	if errors.Is(err, ErrNowhere) {
		return National, nil
	}
	return office, err
}

// Office gives an office by its code, without its counties, or ErrNoOffice. It is one read of one item.
func (t *Table) Office(ctx context.Context, code string) (Office, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key(entryOffice, code)})
	if err != nil {
		return Office{}, fmt.Errorf("directory: reading an office: %w", err)
	}
	if len(out.Item) == 0 {
		return Office{}, ErrNoOffice
	}
	var i item
	if err := attributevalue.UnmarshalMap(out.Item, &i); err != nil {
		return Office{}, fmt.Errorf("directory: an item is none: %w", err)
	}
	return Office{Code: i.ID, Name: i.Name, Phone: i.Phone}, nil
}

// Person gives a person by their e-mail address, without their load and their own absence, or ErrNoPerson.
func (t *Table) Person(ctx context.Context, email string) (Person, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key(entryPerson, strings.ToLower(email))})
	if err != nil {
		return Person{}, fmt.Errorf("directory: reading a person: %w", err)
	}
	if len(out.Item) == 0 {
		return Person{}, ErrNoPerson
	}
	var i item
	if err := attributevalue.UnmarshalMap(out.Item, &i); err != nil {
		return Person{}, fmt.Errorf("directory: an item is none: %w", err)
	}
	return i.person(), nil
}

// item is any item of the table.
type item struct {
	Entry string `dynamodbav:"entry"`
	ID    string `dynamodbav:"id"`

	Name  string `dynamodbav:"name,omitempty"`  // office, person
	Phone string `dynamodbav:"phone,omitempty"` // office, person

	Offices map[string]string `dynamodbav:"offices,omitempty"` // county: FIPS code → office

	Role        staff.Role      `dynamodbav:"role,omitempty"` // person
	Office      string          `dynamodbav:"office,omitempty"`
	Languages   []i18n.Language `dynamodbav:"languages,omitempty"`
	AbsentFrom  string          `dynamodbav:"absent_from,omitempty"`
	AbsentUntil string          `dynamodbav:"absent_until,omitempty"`

	From  string `dynamodbav:"from,omitempty"` // absence
	Until string `dynamodbav:"until,omitempty"`

	Open       int    `dynamodbav:"open,omitempty"` // load
	AssignedAt string `dynamodbav:"assigned_at,omitempty"`

	Edition *Edition `dynamodbav:"edition,omitempty"`
}

func (i item) person() Person {
	return Person{Email: i.ID, Name: i.Name, Role: i.Role, Office: i.Office, Languages: i.Languages, Phone: i.Phone,
		Filed: Absence{i.AbsentFrom, i.AbsentUntil}}
}

// builder puts items together.
type builder struct {
	offices  map[string]*Office
	people   map[string]*Person
	loads    map[string]item
	absences map[string]Absence
	counties []map[string]string
	editions map[Kind]Edition
}

func newBuilder() *builder {
	return &builder{map[string]*Office{}, map[string]*Person{}, map[string]item{}, map[string]Absence{}, nil, map[Kind]Edition{}}
}

func (b *builder) add(raw map[string]types.AttributeValue) error {
	var i item
	if err := attributevalue.UnmarshalMap(raw, &i); err != nil {
		return fmt.Errorf("directory: an item is none: %w", err)
	}
	switch i.Entry {
	case entryOffice:
		b.offices[i.ID] = &Office{Code: i.ID, Name: i.Name, Phone: i.Phone}
	case entryCounty:
		b.counties = append(b.counties, i.Offices)
	case entryPerson:
		p := i.person()
		b.people[i.ID] = &p
	case entryAbsence:
		b.absences[i.ID] = Absence{i.From, i.Until}
	case entryLoad:
		b.loads[i.ID] = i
	case entryEdition:
		if i.Edition != nil {
			b.editions[Kind(i.ID)] = *i.Edition
		}
	}
	return nil
}

func (b *builder) build() *Directory {
	d := &Directory{Editions: b.editions}
	for _, offices := range b.counties {
		for fips, code := range offices {
			if o := b.offices[code]; o != nil {
				o.Counties = append(o.Counties, fips)
			}
		}
	}
	for _, o := range b.offices {
		slices.Sort(o.Counties)
		d.Offices = append(d.Offices, *o)
	}
	for email, p := range b.people {
		p.Open, p.AssignedAt, p.Own = max(0, b.loads[email].Open), b.loads[email].AssignedAt, b.absences[email]
		d.People = append(d.People, *p)
	}
	slices.SortFunc(d.Offices, func(a, b Office) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(d.People, func(a, b Person) int { return cmp.Compare(a.Email, b.Email) })
	d.index()
	return d
}
