package e2e

import "voice.example/infra/local/permission"

// unused are the permissions that no call of this suite uses, each with why it stands all the same. One that is used after all,
// or that fits nothing in template.yaml, fails the suite.
var unused = []permission.Exception{
	// What other services do in our roles.
	{Role: "SmsLogsRole", Action: "logs:*", Resource: "*:log-group:sns/*", Why: "SNS writes receipts with it: the actions are those of its own guide"},
	{Role: "SmsEventsRole", Action: "logs:*", Resource: "*:log-group:voice-SmsEvents:*", Why: "End User Messaging writes receipts with it: the actions are those of its own guide"},
	{Role: "EscalateRole", Action: "kms:Encrypt", Resource: "*:key/*", Why: "makes the keysets of a new deployment, which the runner makes here at once"},
	{Role: "EscalateRole", Action: "dynamodb:PutItem", Resource: "*/voice-KeysTable", Why: "makes the keysets of a new deployment, which the runner makes here at once"},
	// What another deployment uses.
	{Role: "*", Action: "sms-voice:SendTextMessage", Resource: "*:phone-number/*", Why: "an identity is a number or a pool, and that of the tests is a pool"},

	// What only a fault or a race calls for.
	{Role: "AlertsRole", Action: "dynamodb:GetItem", Resource: "*/voice-CustodyTable", Rarely: true, Why: "a change that comes hours late is asked of once more before partners hear of it"},
	{Role: "DeliverRole", Action: "dynamodb:PutItem", Resource: "*/voice-AlertsTable", Rarely: true, Why: "an alert that something overtook while it waited is told as another"},
	{Role: "DeliverRole", Action: "dynamodb:UpdateItem", Resource: "*/voice-OptOutsTable", Rarely: true, Why: "a text is refused as opted out just when a reply said STOP"},
	{Role: "InformRole", Action: "dynamodb:UpdateItem", Resource: "*/voice-OptOutsTable", Rarely: true, Why: "a text is refused as opted out just when a reply said STOP"},
	{Role: "ReceiptsRole", Action: "dynamodb:*", Resource: "*/voice-OptOutsTable", Rarely: true, Why: "a receipt says STOP of a phone that has said so already"},
	{Role: "RepliesRole", Action: "dynamodb:DeleteItem", Resource: "*/voice-LimitsTable", Rarely: true, Why: "an answer that could not be sent is tried again"},
	{Role: "EscalateRole", Action: "s3:ListBucket", Resource: "*:voice-failuresbucket", Rarely: true, Why: "it looks for what is kept for replay every ten minutes, which a run can miss"},
	{Role: "EscalateRole", Action: "sqs:GetQueueAttributes", Resource: "*DeadLetters", Rarely: true, Why: "it looks for what is kept for replay every ten minutes, which a run can miss"},
	{Role: "EscalateRole", Action: "dynamodb:PutItem", Resource: "*/voice-LimitsTable", Rarely: true, Why: "something is kept for replay when it looks"},
	{Role: "EscalateRole", Action: "dynamodb:DeleteItem", Resource: "*/voice-LimitsTable", Rarely: true, Why: "such a notice could not be sent"},
	{Role: "EscalateRole", Action: "sqs:SendMessage", Resource: "*:voice-UploadsQueue", Rarely: true, Why: "an upload that nobody has gone on with for minutes is announced anew"},
	{Role: "IngestRole", Action: "sqs:SendMessage", Resource: "*:voice-UploadsQueue", Rarely: true, Why: "an upload that takes longer than one call may is announced again, to go on"},
	{Role: "IngestRole", Action: "states:DescribeExecution", Resource: "*", Rarely: true, Why: "an upload comes again a quarter of an hour after the state machine was given it"},
	{Role: "IngestmapRole", Action: "dynamodb:GetItem", Resource: "*/voice-CustodyTable", Rarely: true, Why: "a record has changed since it was compared"},
	{Role: "*", Action: "s3:AbortMultipartUpload", Resource: "*/reports/*", Rarely: true, Why: "a report of several parts could not be finished"},
}
