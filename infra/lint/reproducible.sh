#!/usr/bin/env bash
# Builds every function for Lambda twice, in two folders and with two empty caches, and compares them byte by byte. The commit
# is what counts: what is not committed is not built. --json prints the digests for scripts.
set -euo pipefail
case "${1:-}" in
  -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
  "" | --json) ;;
  *) echo "reproducible: unknown option $1" >&2; exit 2 ;;
esac
root="$(cd "$(dirname "$0")/../.." && pwd)"
work="$(mktemp -d)"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
commit="$(git -C "$root" rev-parse HEAD)"
for n in one "another, of a longer name"; do
  echo "building ${commit:0:12} for Lambda in a folder of its own, with an empty cache" >&2
  mkdir -p "$work/$n/source"
  git -C "$root" archive "$commit" | tar -x -C "$work/$n/source"
  GOCACHE="$work/$n/cache" make -s -C "$work/$n/source" build-lambda LAMBDA=../lambda
  rm -rf "$work/$n/cache"
done
(cd "$work/one/lambda" && sha256sum -- *) >"$work/first"
(cd "$work/another, of a longer name/lambda" && sha256sum -- *) >"$work/second"
test -s "$work/first"
if ! diff "$work/first" "$work/second" >&2; then
  echo "reproducible: the same commit gives other bytes" >&2
  exit 1
fi
if [ "${1:-}" = --json ]; then
  awk -v commit="$commit" -v go="$(go env GOVERSION)" 'BEGIN {printf "{\"commit\":\"%s\",\"go\":\"%s\",\"sha256\":{", commit, go}
    {printf "%s\"%s\":\"%s\"", (NR > 1 ? "," : ""), $2, $1} END {print "}}"}' "$work/first"
else
  cat "$work/first"
  echo "twice the same bytes: $(wc -l <"$work/first") functions of ${commit:0:12}, by $(go env GOVERSION)"
fi
