package aws

// A Metric is one figure that functions report to CloudWatch, in the namespace Namespace, by the embedded metric format: the
// line that an invocation leaves in the log holds it, and CloudWatch takes it out of there. No metric has anything of a
// person, and none is told apart by more than the stack and, where ByFunction says so, the function: each combination is
// billed as a metric of its own.
type Metric struct {
	Name       string
	Unit       Unit
	ByFunction bool
}

// Namespace is where CloudWatch keeps all of them.
const Namespace = "VOICE"

// Dimensions of metrics: the stack's name, and the function's as its folder has it, "deliver".
const (
	DimensionService  = "Service"
	DimensionFunction = "Function"
)

// Unit is one of CloudWatch's. Money has none there.
type Unit string

const (
	Count   Unit = "Count"
	Seconds Unit = "Seconds"
	None    Unit = "None"
)

// What functions report. A figure that is 0 is left out, but for the levels that escalate reports each minute: a level that
// is missing says that escalate is not running.
var (
	// UrgentAlertAge is, of each urgent text or mail that was sent, the time from the change of the record to the carrier's
	// gateway; RoutineAlertAge is the same of routine ones, which wait for quiet hours and for transfers that may follow.
	// Repeats are not counted.
	UrgentAlertAge  = Metric{Name: "UrgentAlertAge", Unit: Seconds}
	RoutineAlertAge = Metric{Name: "RoutineAlertAge", Unit: Seconds}
	// AlertsRefused is of alerts that nobody can be told: the phone takes no texts, or after all tries nobody knows.
	AlertsRefused = Metric{Name: "AlertsRefused", Unit: Count}
	// ChangesKept is of changes that could not be turned into alerts and were put aside just now.
	ChangesKept = Metric{Name: "ChangesKept", Unit: Count}

	// TextsSent is of texts that the gateway took, of every kind: alerts, codes, answers. TextParts are what the carriers
	// bill, and TextDollars that at DollarsPerTextPart. TextsNotSent is of those that the gateway refused.
	TextsSent    = Metric{Name: "TextsSent", Unit: Count}
	TextsNotSent = Metric{Name: "TextsNotSent", Unit: Count}
	TextParts    = Metric{Name: "TextParts", Unit: Count}
	TextDollars  = Metric{Name: "TextDollars", Unit: None}

	// Receipts are what carriers said of texts; of these ReceiptsFailed did not arrive, and ReceiptsBlocked, which are among
	// them, because somebody on the way took them for spam or blocks us.
	Receipts        = Metric{Name: "Receipts", Unit: Count}
	ReceiptsFailed  = Metric{Name: "ReceiptsFailed", Unit: Count}
	ReceiptsBlocked = Metric{Name: "ReceiptsBlocked", Unit: Count}

	// MinutesDone is 1 for each minute of which escalate did all that there was to do.
	MinutesDone = Metric{Name: "MinutesDone", Unit: Count}
	// OldestUrgentWaiting is for how long the oldest urgent alert has waited that has not been sent; OldestDueWaiting for how
	// long the oldest of any kind has been due. Levels, in seconds, 0 if there is none.
	OldestUrgentWaiting = Metric{Name: "OldestUrgentWaiting", Unit: Seconds}
	OldestDueWaiting    = Metric{Name: "OldestDueWaiting", Unit: Seconds}
	// UploadsHeld is how many uploads wait to be decided, 100 at most, and OldestHeldUpload for how long the one that waits
	// longest has. Levels.
	UploadsHeld      = Metric{Name: "UploadsHeld", Unit: Count}
	OldestHeldUpload = Metric{Name: "OldestHeldUpload", Unit: Seconds}
	// FeedsSilent is how many feeds have been silent for longer than expected. A level.
	FeedsSilent = Metric{Name: "FeedsSilent", Unit: Count}
	// KeptForReplay is how many objects with changes wait in the failures bucket, 3000 at most. A level, each ten minutes.
	KeptForReplay = Metric{Name: "KeptForReplay", Unit: Count}
	// InquiriesOverdue is of requests in which nobody was in contact in time, each as often as staff are told of it.
	InquiriesOverdue = Metric{Name: "InquiriesOverdue", Unit: Count}

	// UploadsFailed is of uploads that ended in a fault.
	UploadsFailed = Metric{Name: "UploadsFailed", Unit: Count}
	// AuditAltered is of entries of the audit, or blocks of its chain, that somebody changed or took out.
	AuditAltered = Metric{Name: "AuditAltered", Unit: Count}

	// LookupsFound and LookupsEmpty are answers to victims' look-ups; an empty one does not say why.
	LookupsFound = Metric{Name: "LookupsFound", Unit: Count}
	LookupsEmpty = Metric{Name: "LookupsEmpty", Unit: Count}
	// LookupsSlowed is of answers that were held back since somebody seems to be trying numbers out (functions/status).
	LookupsSlowed = Metric{Name: "LookupsSlowed", Unit: Count}
	// RequestsThrottled is of requests over one of our own limits (429), RequestsDenied of those without the right to what
	// they ask for (401, 403).
	RequestsThrottled = Metric{Name: "RequestsThrottled", Unit: Count}
	RequestsDenied    = Metric{Name: "RequestsDenied", Unit: Count}

	// ReadUnits and WriteUnits are what DynamoDB says that an invocation consumed (see Meter).
	ReadUnits  = Metric{Name: "ReadUnits", Unit: Count, ByFunction: true}
	WriteUnits = Metric{Name: "WriteUnits", Unit: Count, ByFunction: true}
)

// Metrics gives all of them, for whoever checks that a dashboard names no other.
func Metrics() []Metric {
	return []Metric{
		UrgentAlertAge, RoutineAlertAge, AlertsRefused, ChangesKept,
		TextsSent, TextsNotSent, TextParts, TextDollars, Receipts, ReceiptsFailed, ReceiptsBlocked,
		MinutesDone, OldestUrgentWaiting, OldestDueWaiting, UploadsHeld, OldestHeldUpload, FeedsSilent, KeptForReplay, InquiriesOverdue,
		UploadsFailed, AuditAltered, LookupsFound, LookupsEmpty, LookupsSlowed, RequestsThrottled, RequestsDenied,
		ReadUnits, WriteUnits,
	}
}
