package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Resource types that the runner brings to life.
const (
	kindFunction     = "AWS::Serverless::Function"
	kindHTTPAPI      = "AWS::Serverless::HttpApi"
	kindTable        = "AWS::DynamoDB::Table"
	kindQueue        = "AWS::SQS::Queue"
	kindTopic        = "AWS::SNS::Topic"
	kindSubscription = "AWS::SNS::Subscription"
	kindBucket       = "AWS::S3::Bucket"
	kindSecret       = "AWS::SecretsManager::Secret"
	kindUserPool     = "AWS::Cognito::UserPool"
	kindUserClient   = "AWS::Cognito::UserPoolClient"
	kindUserGroup    = "AWS::Cognito::UserPoolGroup"
	kindUserDomain   = "AWS::Cognito::UserPoolDomain" // has only a name
	kindLogGroup     = "AWS::Logs::LogGroup"          // as well
	kindLogFilter    = "AWS::Logs::SubscriptionFilter"
	kindSMSSettings  = "AWS::SMSVOICE::ConfigurationSet"
	kindKey          = "AWS::KMS::Key"
	kindMachine      = "AWS::Serverless::StateMachine"
)

// Resource types that say who may do what, which the runner holds functions to.
const (
	kindRole          = "AWS::IAM::Role"
	kindPolicy        = "AWS::IAM::Policy"
	kindManagedPolicy = "AWS::IAM::ManagedPolicy"
	kindBucketPolicy  = "AWS::S3::BucketPolicy"
	kindQueuePolicy   = "AWS::SQS::QueuePolicy"
	kindTopicPolicy   = "AWS::SNS::TopicPolicy"
)

// implicitAPI is the name of the API that SAM adds when an event names none.
const implicitAPI = "ServerlessHttpApi"

// nameProperty is the property that names a resource of each type, when the template does.
func nameProperty(kind string) string {
	switch kind {
	case kindFunction:
		return "FunctionName"
	case kindTable:
		return "TableName"
	case kindQueue:
		return "QueueName"
	case kindTopic:
		return "TopicName"
	case kindBucket:
		return "BucketName"
	case kindUserPool:
		return "UserPoolName"
	case kindUserClient:
		return "ClientName"
	case kindUserGroup:
		return "GroupName"
	case kindUserDomain:
		return "Domain"
	case kindLogGroup:
		return "LogGroupName"
	case kindLogFilter:
		return "FilterName"
	case kindSMSSettings:
		return "ConfigurationSetName"
	case kindRole:
		return "RoleName"
	case kindPolicy:
		return "PolicyName"
	case kindManagedPolicy:
		return "ManagedPolicyName"
	}
	return "Name"
}

// name gives the resource's own name, or one made of the stack's name and the logical id.
func (t *Template) name(r *resource) (string, error) {
	if node := child(r.properties, nameProperty(r.kind)); node != nil {
		leave, err := t.enter(r.id)
		if err != nil {
			return "", err
		}
		defer leave()
		value, err := t.evaluate(node)
		if err != nil {
			return "", fmt.Errorf("%s: %w", r.id, err)
		}
		if _, dropped := value.(noValue); !dropped {
			return text(value)
		}
	}
	name := StackName + "-" + r.id
	if r.kind == kindBucket {
		name = strings.ToLower(name) // a bucket's name knows no capitals
	}
	return name, nil
}

// ref answers !Ref for parameters, pseudo parameters and resources, and Function.Alias of SAM.
func (t *Template) ref(name string) (any, error) {
	switch name {
	case "AWS::Region":
		return Region, nil
	case "AWS::AccountId":
		return AccountID, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::StackName":
		return StackName, nil
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + Region + ":" + AccountID + ":stack/" + StackName + "/local", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::NoValue":
		return noValue{}, nil
	}
	if value, ok := t.parameters[name]; ok {
		return value, nil
	}
	if id, ok := strings.CutSuffix(name, ".Alias"); ok {
		return t.attribute(id, "Alias")
	}
	r, made, err := t.find(name)
	if err != nil {
		return nil, err
	}
	if made != "" {
		return made, nil
	}
	own, err := t.name(r)
	if err != nil {
		return nil, err
	}
	switch r.kind {
	case kindQueue:
		return t.options.QueueEndpoint + "/" + AccountID + "/" + own, nil
	case kindTopic, kindSecret, kindSubscription, kindMachine, kindManagedPolicy:
		return arn(r.kind, own), nil
	case kindHTTPAPI:
		return "local", nil
	}
	return own, nil
}

// getAtt is Name.Attribute or [Name, Attribute].
func (t *Template) getAtt(node *yaml.Node) (any, error) {
	if node.Kind == yaml.SequenceNode {
		args, err := arguments(node, 2)
		if err != nil {
			return nil, err
		}
		return t.attribute(args[0].Value, args[1].Value)
	}
	id, attribute, ok := strings.Cut(node.Value, ".")
	if !ok {
		return nil, fmt.Errorf("%q is not Name.Attribute", node.Value)
	}
	return t.attribute(id, attribute)
}

func (t *Template) attribute(id, attribute string) (any, error) {
	r, made, err := t.find(id)
	if err != nil {
		return nil, err
	}
	if made != "" {
		return "arn:aws:iam::" + AccountID + ":role/" + made, nil
	}
	own, err := t.name(r)
	if err != nil {
		return nil, err
	}
	switch {
	case r.kind == kindHTTPAPI && attribute == "ApiEndpoint":
		return t.options.APIEndpoint, nil
	case r.kind == kindFunction && attribute == "Alias": // functions have no versions here, so an alias is its function
		return arn(r.kind, own), nil
	case r.kind == kindTable && attribute == "StreamArn":
		return arn(r.kind, own) + "/stream/local", nil
	case r.kind == kindQueue && attribute == "QueueUrl":
		return t.ref(id)
	case r.kind == kindUserPool && attribute == "ProviderURL":
		return t.options.Issuer, nil
	case r.kind == kindUserPool && attribute == "UserPoolId", r.kind == kindUserClient && attribute == "ClientId":
		return own, nil
	case attribute == "QueueName", attribute == "TopicName", r.kind == kindMachine && attribute == "Name":
		return own, nil
	case r.kind == kindBucket && (attribute == "DomainName" || attribute == "RegionalDomainName"):
		return own + ".s3." + Region + ".amazonaws.com", nil
	case attribute == "Arn", attribute == "TopicArn", attribute == "Id":
		return arn(r.kind, own), nil
	case ignored(r.kind):
		return own + "-" + attribute, nil
	}
	return nil, fmt.Errorf("the local runner does not know attribute %s of %s (%s)", attribute, id, r.kind)
}

// find gives the resource a reference means, or, for the roles that SAM makes beside functions, the
// name it would have.
func (t *Template) find(id string) (r *resource, made string, err error) {
	if r, ok := t.resources[id]; ok {
		exists, err := t.exists(r)
		if err != nil {
			return nil, "", err
		}
		if !exists {
			return nil, "", fmt.Errorf("%s is not made, since condition %s does not hold", id, r.condition)
		}
		return r, "", nil
	}
	if id == implicitAPI {
		return &resource{id: id, kind: kindHTTPAPI}, "", nil
	}
	if owner, ok := strings.CutSuffix(id, "Role"); ok {
		if f, ok := t.resources[owner]; ok && f.kind == kindFunction {
			return nil, StackName + "-" + id, nil
		}
	}
	return nil, "", fmt.Errorf("there is no parameter or resource called %s", id)
}

// arn gives the name that policies and events use for a resource.
func arn(kind, name string) string {
	switch kind {
	case kindFunction:
		return "arn:aws:lambda:" + Region + ":" + AccountID + ":function:" + name
	case kindTable:
		return "arn:aws:dynamodb:" + Region + ":" + AccountID + ":table/" + name
	case kindBucket:
		return "arn:aws:s3:::" + name
	case kindSecret:
		return "arn:aws:secretsmanager:" + Region + ":" + AccountID + ":secret:" + name
	case kindLogGroup:
		return "arn:aws:logs:" + Region + ":" + AccountID + ":log-group:" + name + ":*"
	case kindKey:
		return "arn:aws:kms:" + Region + ":" + AccountID + ":key/" + name
	case kindSMSSettings:
		return "arn:aws:sms-voice:" + Region + ":" + AccountID + ":configuration-set/" + name
	case kindMachine:
		return "arn:aws:states:" + Region + ":" + AccountID + ":stateMachine:" + name
	case kindRole:
		return "arn:aws:iam::" + AccountID + ":role/" + name
	case kindManagedPolicy:
		return "arn:aws:iam::" + AccountID + ":policy/" + name
	}
	service := strings.ToLower(strings.Split(kind, "::")[1])
	return "arn:aws:" + service + ":" + Region + ":" + AccountID + ":" + name
}
