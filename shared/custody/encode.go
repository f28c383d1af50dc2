package custody

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// attribute is one attribute of an item.
type attribute struct {
	name  string
	value types.AttributeValue
}

// encode makes a record's item.
func encode(r Record) map[string]types.AttributeValue {
	list := attributes(r)
	item := make(map[string]types.AttributeValue, len(list))
	for _, a := range list {
		item[a.name] = a.value
	}
	return item
}

// attributes lists what a record's item has; what is not known is left out. It is written out because a bulk load spends
// much of its time here; a test compares it with what reading the item gives. The values of texts share one piece of memory.
func attributes(r Record) []attribute {
	list := make([]attribute, 0, 24)
	texts := make([]types.AttributeValueMemberS, 0, 24)
	add := func(name string, value types.AttributeValue) { list = append(list, attribute{name, value}) }
	text := func(name, value string) {
		if value != "" {
			texts = append(texts, types.AttributeValueMemberS{Value: value})
			add(name, &texts[len(texts)-1])
		}
	}
	at := func(name string, value time.Time) {
		if !value.IsZero() {
			text(name, value.UTC().Format(time.RFC3339Nano))
		}
	}
	text("a_number", string(r.ANumber))
	add("version", &types.AttributeValueMemberN{Value: strconv.FormatInt(r.Version, 10)})
	text("last_name", r.LastName)
	text("first_name", r.FirstName)
	text("name_key", r.NameKey)
	text("date_of_birth", r.DateOfBirth)
	text("country_of_birth", string(r.CountryOfBirth))
	if r.Protected != nil {
		add("protected", &types.AttributeValueMemberBOOL{Value: *r.Protected})
	}
	text("status", string(r.Status))
	if r.InTransit {
		add("in_transit", &types.AttributeValueMemberBOOL{Value: true})
	}
	at("since", r.Since)
	at("booked_in", r.BookedIn)
	at("stint_start", r.StintStart)
	text("facility", r.Facility)
	text("facility_code", r.FacilityCode)
	text("field_office", r.FieldOffice)
	text("release_reason", r.ReleaseReason)
	at("as_of", r.AsOf)
	at("received_at", r.ReceivedAt)
	text("upload_id", r.UploadID)
	text("feed", r.Feed)
	text("held_by", r.HeldBy())
	at("unlisted_since", r.UnlistedSince)
	text("row_hash", r.RowHash)
	if r.Retracts != nil {
		add("retracts", &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{
			"upload_id": &types.AttributeValueMemberS{Value: r.Retracts.UploadID},
			"version":   &types.AttributeValueMemberN{Value: strconv.FormatInt(r.Retracts.Version, 10)},
		}})
	}
	if r.LegalHold {
		add("legal_hold", &types.AttributeValueMemberBOOL{Value: true})
	}
	if r.ExpiresAt != 0 {
		add("expires_at", &types.AttributeValueMemberN{Value: strconv.FormatInt(r.ExpiresAt, 10)})
	}
	return list
}
