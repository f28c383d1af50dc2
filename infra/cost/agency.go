package main

// An agency is how large one is, and how much happens there.
type agency struct {
	Name        string
	Held        float64 // people in custody
	Subscribers float64 // subscriptions, each of one phone to one person
	Stints      float64 // that begin in a day
	Transfers   float64 // of them, those that are the end of another
}

// agencies are the three sizes. The large one is what U.S. Immigration and Customs Enforcement holds and moves by its own detention
// statistics of 2025; the others have as many stints for each person held.
func agencies() []agency {
	of := func(name string, held, subscribers float64) agency {
		return agency{name, held, subscribers, held * 1670 / 65000, held * 850 / 65000}
	}
	return []agency{of("small", 500, 200), of("medium", 5000, 5000), of("ICE-sized", 65000, 100000)}
}

// What is assumed, since nobody can measure it here. The figures are on the high side.
const (
	days = 30.4
	// partsPerAlert is what an alert may take at most; most in English take two.
	partsPerAlert = 2
	// Of urgent alerts, this share is acknowledged; of the others the text is sent three times.
	acknowledged = 0.5
	// newcomers is the share of subscriptions that are new in a month, each with a code of one part and somebody who replies once.
	newcomers = 0.10
	// lookups is how often a month each person held is looked up, and pages what is asked for beside each look-up.
	lookups = 20.0
	pages   = 4.0
	// kBOut is what a page or an answer weighs, compressed.
	kBOut = 12.0
	// inquiries is how many people ask for help in a month, of a thousand held: 920 at 65,000, as a hotline had in 2017.
	inquiries = 14.0
	// rosters is how many lists of everybody come in a day.
	rosters = 4.0
	// clicks is what staff ask of the console in a month, for each inquiry and besides.
	clicks, clicksAnyway = 20.0, 20000.0
	// logDays and logBytes: lines are kept for 90 days; one of ours and Lambda's three.
	logMonths, logBytes = 3.0, 1500.0
)

// What was measured of one operation, in units of DynamoDB: from the lines that invocations leave, of make run on 2026-11-26, and
// of alerts from infra/bench/README.md (a million alerts, without what carriers take, in dollars).
const (
	lookupRRU               = 0.5
	subscribeRRU            = 4.0 // asked for, and confirmed
	subscribeWRU            = 7.0
	inquiryRRU              = 2.5 + 1 + 20*2 // asked for, told, and looked at while it is worked on
	inquiryWRU              = 11 + 2 + 6 + 20*4
	replyRRU, replyWRU      = 3.0, 3.0
	minuteRRU, minuteWRU    = 8.5, 1.0 // an idle minute of escalate
	changeRRU, changeWRU    = 2.0, 3.0 // of a record: compared, and written with its indexes
	unchangedRRU            = 0.5
	routineDollars          = 9.14 / 1e6
	acknowledgedDollars     = 15.09 / 1e6
	repeatedDollars         = 38.51 / 1e6
	requestGBSeconds        = 0.25 * 0.010 // 256 MB for ten milliseconds
	kBPerRecord             = 2.0          // with its indexes
	kBPerSubscription       = 1.5
	kBPerAlert              = 2.0
	kBPerInquiry            = 4.0
	bytesPerRow             = 200.0
	alertMonths, recordsPer = 13.0, 10.0 // the ledger remembers 400 days; records of those who left, for years
)

// What the template makes, which costs whether anything happens or not. TestFixed compares; a few more or less are cents.
const (
	metrics    = 52 // 26 of the stack, and units read and written of 13 functions
	alarms     = 90 // each metric of each
	dashboards = 1
	secrets    = 1
	keys       = 1
	queues     = 5   // that Lambda polls
	pollers    = 5.0 // long polls that Lambda keeps open for each, 20 s long
)
