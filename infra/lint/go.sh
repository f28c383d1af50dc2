#!/usr/bin/env bash
# Checks the Go code with staticcheck, gosec and govulncheck, at the versions that infra/lint/go.mod pins, and says so when one
# cannot be had: without the network, or without the database of vulnerabilities. With REQUIRE=1 a missing staticcheck or
# gosec is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="$PWD/.tools/go"
stamp="$tools/.of-$(cat infra/lint/go.sum infra/lint/licences/*.go | cksum | tr ' ' -)-$(go env GOVERSION)"

if [ ! -f "$stamp" ]; then
  echo "installing staticcheck, gosec and govulncheck (2 minutes, once)"
  mkdir -p "$tools" && rm -f "$tools"/.of-*
  if (cd infra/lint && GOFLAGS='' GOBIN="$tools" go install tool ./licences); then
    touch "$stamp"
  else
    echo "lint: staticcheck, gosec and govulncheck could not be installed, so they checked nothing"
    if [ "${REQUIRE:-0}" = 1 ]; then exit 1; else exit 0; fi
  fi
fi

echo "staticcheck"
"$tools/staticcheck" ./...

# What runs on AWS, and what staff run, without what is for tests. Left out: G104, since an error that is ignored is written `_ =`; G115, since each
# conversion is of a length or a limit that is bounded where it is made; G304, since voicectl opens what its user names.
echo "gosec"
"$tools/gosec" -quiet -tests=false -exclude=G104,G115,G304 -exclude-dir=rostertest -exclude-dir=openapi -exclude-dir=awstest -exclude-dir=webtest ./functions/... ./shared/... ./infra/cmd/...

echo "licences"
"$tools/licences" --check infra/lint/licences.md

# govulncheck ends with 3 when it finds something, with another number when it cannot read its database.
echo "govulncheck"
said=$("$tools/govulncheck" ./... 2>&1) && code=0 || code=$?
case $code in
  0) ;;
  3) echo "$said"; exit 1 ;;
  *) echo "lint: govulncheck looked for nothing: $(echo "$said" | head -1)" ;;
esac
