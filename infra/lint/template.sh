#!/usr/bin/env bash
# Checks the templates with cfn-lint and the SAM CLI, and infra/openapi.json with openapi-spec-validator, from the PATH or from
# .tools/, and says so when one is missing. With REQUIRE=1 (as CI sets it) a missing one is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$PWD/.tools/python/bin:$PATH"
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1
missing=0
check() {
  local tool=$1; shift
  if ! command -v "$tool" >/dev/null; then
    echo "lint: $tool is not installed, so it checked nothing (pip install $*)"; missing=1; return
  fi
  echo "$tool"
  case $tool in
    cfn-lint) cfn-lint template.yaml $(find infra -maxdepth 1 -name "*.yaml") ;;
    openapi-spec-validator) openapi-spec-validator --schema 3.1 infra/openapi.json ;;
    sam) sam validate --lint --template template.yaml >/dev/null ;;
  esac
}
check cfn-lint cfn-lint
check sam aws-sam-cli
check openapi-spec-validator openapi-spec-validator
if [ "$missing" = 1 ] && [ "${REQUIRE:-0}" = 1 ]; then exit 1; fi
