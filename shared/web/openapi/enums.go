package openapi

import (
	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/directory"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
	"voice.example/shared/volume"
)

// Known are the values of the domain's types.
func Known() Enums {
	e := Enums{}
	Enum(e, custody.Statuses()...)
	Enum(e, custody.Events()...)
	Enum(e, custody.HiddenOver, custody.HiddenFlag, custody.HiddenUnstated, custody.HiddenNoBirth, custody.HiddenMinor)
	Enum(e, i18n.Languages()...)
	Enum(e, inquiry.Reasons()...)
	Enum(e, inquiry.Open, inquiry.Assigned, inquiry.Resolved)
	Enum(e, inquiry.Web, inquiry.API, inquiry.Phone, inquiry.Text, inquiry.Alert)
	Enum(e, inquiry.Outcomes()...)
	Enum(e, inquiry.WasOpened, inquiry.WasAssigned, inquiry.WasTaken, inquiry.WasPutBack, inquiry.WasContacted, inquiry.WasTried, inquiry.WasNoted,
		inquiry.WasReferred, inquiry.WasResolved, inquiry.WasReopened, inquiry.WasAmended, inquiry.WasEscalated, inquiry.WasHeld, inquiry.WasUnheld)
	Enum(e, subscription.OwnPhone, subscription.SecondPhone, subscription.Email)
	Enum(e, upload.States()...)
	Enum(e, upload.Updates, upload.Roster)
	Enum(e, upload.File, upload.Missing, upload.Retraction)
	Enum(e, directory.OfficesFile, directory.PeopleFile)
	Enum(e, staff.Roles()...)
	Enum(e, staff.Actions()...)
	Enum(e, audit.Viewed, audit.Searched, audit.Changed, audit.Decided, audit.Exported, audit.Deleted, audit.Denied)
	Enum(e, volume.PerDay, volume.PerWeek, volume.PerMonth)
	return e
}
