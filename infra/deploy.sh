#!/usr/bin/env bash
# Builds for Lambda and deploys with SAM, asking its questions the first time, and says afterwards what SAM cannot do: settings of
# the account, the address of the pages, and staff. What make deploy runs.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.tools/python/bin:$PATH"
export SAM_CLI_TELEMETRY=0

need() { command -v "$1" >/dev/null || { echo "make deploy needs $2"; exit 1; }; }
need go "Go 1.26 or newer"
need sam "the AWS SAM CLI: pip install aws-sam-cli"
need aws "the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
account=$(aws sts get-caller-identity --query Account --output text) || { echo "there are no credentials for an account: aws configure, or aws sso login"; exit 1; }
echo "deploying into account $account, region ${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || echo unknown)}}"

first=no
sam build
if [ -f samconfig.toml ]; then
  sam deploy --no-fail-on-empty-changeset
else
  first=yes
  cat <<'SAYS'

The first time: sam asks for each parameter of template.yaml; what it shows in brackets works, so Enter will do for most. Give
  AgencyName, HotlineNumber   what texts and pages say
  StaffEmail                  who is told of silent feeds, held uploads and what waits
  AlarmEmail                  who is told when the service itself is unwell
Leave SiteUrl empty: it is known afterwards. Say yes to saving the answers in samconfig.toml: the next make deploy asks nothing.

SAYS
  sam deploy --guided --stack-name voice --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND
fi

stack=$(sed -n 's/^stack_name *= *"\(.*\)"/\1/p' samconfig.toml 2>/dev/null | head -1)
stack=${stack:-voice}
output() { aws cloudformation describe-stacks --stack-name "$stack" --output text --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"; }
parameter() { aws cloudformation describe-stacks --stack-name "$stack" --output text --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue"; }

echo
aws cloudformation describe-stacks --stack-name "$stack" --output table --query 'Stacks[0].Outputs[?OutputKey!=`ReplaySettings`].[OutputKey,OutputValue]'
echo
left=0
todo() { left=$((left + 1)); printf '%d. %s\n' "$left" "$1"; }
echo "What is left to do, which SAM cannot:"
url=$(output ApiUrl)
if [ -z "$(parameter SiteUrl)" ]; then
  todo "Staff cannot sign in to the console until Cognito knows where it is: deploy once more with SiteUrl=$url (or your own domain)"
  if [ -t 0 ] && grep -q 'SiteUrl=' samconfig.toml 2>/dev/null; then
    read -rp "   Do that now? [y/N] " answer
    if [ "$answer" = y ]; then
      sed -i.before "s|SiteUrl=[^ ]*\\\\\"|SiteUrl=\\\\\"$url\\\\\"|" samconfig.toml
      sam deploy --no-fail-on-empty-changeset
    fi
  fi
fi
if [ "$(parameter SmsBy)" != end-user-messaging ]; then
  if [ "$(aws sns get-sms-sandbox-account-status --query IsInSandbox --output text)" != False ]; then
    todo "Texts reach verified phones only: the account is in the SMS sandbox. Get an origination number (toll-free or 10DLC takes weeks to
   register), then: console, SNS, Text messaging, Exit SMS sandbox"
  fi
  role=$(output SmsLogsRoleArn)
  if [ "$(aws sns get-sms-attributes --attributes DeliveryStatusIAMRole --query attributes.DeliveryStatusIAMRole --output text)" != "$role" ]; then
    todo "Nobody knows what becomes of texts until their delivery is logged:
   aws sns set-sms-attributes --attributes DeliveryStatusIAMRole=$role,DeliveryStatusSuccessSamplingRate=100"
  fi
  todo "The account stops texting at its monthly limit ($(aws sns get-sms-attributes --attributes MonthlySpendLimit --query attributes.MonthlySpendLimit --output text) US dollars now): make cost says what to expect"
fi
todo "Replies, STOP among them: set the number's two-way messages to the topic below, and its opt-outs to self-managed:
   aws pinpoint-sms-voice-v2 update-phone-number --phone-number-id PHONE-ID --two-way-enabled --two-way-channel-arn $(output RepliesTopicArn) --self-managed-opt-outs-enabled"
if [ "$first" = yes ]; then
  todo "Confirm the mails that SNS has sent to StaffEmail and AlarmEmail: until then nobody is told of anything"
  todo "Add staff: README, Deploy"
fi
echo "Then look at the dashboard for a quarter of an hour: infra/runbook.md#deploy-and-roll-back"
