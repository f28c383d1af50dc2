#!/usr/bin/env bash
# Runs the tests that use DynamoDB on another engine than dynoxide. Usage: other-engine.sh amazon|moto [packages]
#
#   amazon  The DynamoDB at DYNAMODB_ENDPOINT, or Amazon's DynamoDB Local, which is started from the folder DYNAMODB_LOCAL.
#           It comes under Amazon's own licence, so nothing here fetches it: whoever accepts that downloads and unpacks it.
#   moto    moto's server (Apache-2.0), which pip installs into .tools/moto. It knows no PartiQL inserts, so what needs
#           them is left out.
#
# Ends with 2 when something is missing. The server is on a free port of 127.0.0.1, keeps everything in memory, and is ended
# with the tests.
set -euo pipefail
cd "$(dirname "$0")/../../.."
engine=$1; shift
moto_version=5.2.5

missing() { echo "make $target: $*"; exit 2; }
pid=
cleanup() { if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi; }
trap cleanup EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
await() { # until the server answers, or has ended
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || { echo "the server ended at once:"; cat "$log"; exit 1; }
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "the server does not answer"; exit 1
}

log=$(mktemp) skip=
command -v python3 >/dev/null || { target=test-$engine; missing "python3 is not on the PATH"; }
case $engine in
amazon)
  target=test-dynamodb-local
  if [ -z "${DYNAMODB_ENDPOINT:-}" ]; then
    [ -n "${DYNAMODB_LOCAL:-}" ] || missing "set DYNAMODB_LOCAL to the folder of an unpacked DynamoDB Local (Amazon's licence:" \
      "download it yourself), or DYNAMODB_ENDPOINT to a DynamoDB that runs"
    [ -f "$DYNAMODB_LOCAL/DynamoDBLocal.jar" ] || missing "there is no DynamoDBLocal.jar in $DYNAMODB_LOCAL"
    command -v java >/dev/null || missing "java is not on the PATH (version 17 or newer)"
    port=$(free_port)
    java -Djava.library.path="$DYNAMODB_LOCAL/DynamoDBLocal_lib" -jar "$DYNAMODB_LOCAL/DynamoDBLocal.jar" \
      -inMemory -sharedDb -disableTelemetry -port "$port" >"$log" 2>&1 &
    pid=$!
    await "$port"
    export DYNAMODB_ENDPOINT=http://127.0.0.1:$port
  fi ;;
moto)
  target=test-moto
  if [ ! -x .tools/moto/bin/moto_server ]; then
    { python3 -m venv .tools/moto && .tools/moto/bin/pip install -q --disable-pip-version-check "moto[server,dynamodb]==$moto_version"; } ||
      missing "moto $moto_version could not be installed"
  fi
  port=$(free_port)
  .tools/moto/bin/moto_server -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
  pid=$!
  await "$port"
  export DYNAMODB_ENDPOINT=http://127.0.0.1:$port ;;
esac

# What uses the tables, by the package that makes them for tests.
uses='{{$p := .ImportPath}}{{range .TestImports}}{{if eq . "voice.example/infra/local/dynamodb/dynamodbtest"}}{{$p}}{{"\n"}}{{end}}{{end}}'
uses+='{{range .XTestImports}}{{if eq . "voice.example/infra/local/dynamodb/dynamodbtest"}}{{$p}}{{"\n"}}{{end}}{{end}}'
packages=${*:-$(go list -f "$uses" ./shared/... ./functions/... ./infra/local/... ./infra/cmd/... | sort -u | grep .)}
if [ "$engine" = amazon ] && [ $# = 0 ]; then
  packages+=" ./infra/rig ./infra/simulation"
elif [ "$engine" = moto ] && [ $# = 0 ]; then
  skip=/AtOnce # its conditions and writes are not one step: of two at once, both may win
  # These insert by statements with parameters, which moto's parser refuses, or count the units of calls, which it does not.
  packages=$(grep -v -E '/functions/(alerts|escalate|ingest|ingestmap|intake|status)$|/shared/(alert|aws|custody|keyring|upload|volume)$' <<<"$packages")
fi
# shellcheck disable=SC2086 # packages are words
go test -count=1 -p 1 -timeout 30m ${skip:+-skip "$skip"} $packages
