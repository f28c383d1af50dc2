package template

// ignored tells whether resources of this type have nothing to do on this machine of their own: log
// retention, alarms, names and certificates. Any other type that the runner does not bring to life is
// an error, so that nothing is left out by accident.
func ignored(kind string) bool {
	switch kind {
	case "AWS::ApiGatewayV2::ApiMapping",
		"AWS::ApiGatewayV2::DomainName",
		"AWS::ApplicationInsights::Application",
		"AWS::CertificateManager::Certificate",
		"AWS::CloudFormation::Stack",
		"AWS::CloudWatch::Alarm",
		"AWS::CloudWatch::CompositeAlarm",
		"AWS::CloudWatch::Dashboard",
		"AWS::Cognito::UserPoolDomain",
		"AWS::IAM::ManagedPolicy",
		"AWS::IAM::Policy",
		"AWS::IAM::Role",
		"AWS::KMS::Alias",
		"AWS::Lambda::Permission",
		"AWS::Logs::LogGroup",
		"AWS::Logs::MetricFilter",
		"AWS::Logs::ResourcePolicy",
		"AWS::Route53::RecordSet",
		"AWS::S3::BucketPolicy",
		"AWS::SNS::TopicPolicy",
		"AWS::SQS::QueuePolicy",
		"AWS::Serverless::Application":
		return true
	}
	return false
}
