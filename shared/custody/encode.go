package custody

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// encode makes a record's item. It is written out because a bulk load spends most of its time here; a test compares it
// with what reading the item gives. Times that are not known are left out.
func encode(r Record) map[string]types.AttributeValue {
	item := make(map[string]types.AttributeValue, 24)
	text := func(name, value string) {
		if value != "" {
			item[name] = &types.AttributeValueMemberS{Value: value}
		}
	}
	at := func(name string, value time.Time) {
		if !value.IsZero() {
			text(name, value.UTC().Format(time.RFC3339Nano))
		}
	}
	text("a_number", string(r.ANumber))
	item["version"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(r.Version, 10)}
	text("last_name", r.LastName)
	text("first_name", r.FirstName)
	text("name_key", r.NameKey)
	text("date_of_birth", r.DateOfBirth)
	text("country_of_birth", string(r.CountryOfBirth))
	if r.Protected != nil {
		item["protected"] = &types.AttributeValueMemberBOOL{Value: *r.Protected}
	}
	text("status", string(r.Status))
	if r.InTransit {
		item["in_transit"] = &types.AttributeValueMemberBOOL{Value: true}
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
		item["retracts"] = &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{
			"upload_id": &types.AttributeValueMemberS{Value: r.Retracts.UploadID},
			"version":   &types.AttributeValueMemberN{Value: strconv.FormatInt(r.Retracts.Version, 10)},
		}}
	}
	return item
}
