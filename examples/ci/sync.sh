#!/bin/sh
# One sync with nothing but the command line: checks, reads from where the last sync was, keeps the
# records and the new state. Needs jq.
#
#   sync.sh FOLDER
#
# FOLDER holds config.json and catalog.json, and takes records.jsonl (new records are added) and
# state.json. CONNECTOR is the command to run; by default it is the image:
#   CONNECTOR="docker run --rm -v $FOLDER:$FOLDER source-confluence-audit-logs:1.0.0"
set -eu
folder=$(cd "$1" && pwd)
CONNECTOR=${CONNECTOR:-docker run --rm -v $folder:$folder source-confluence-audit-logs:1.0.0}
output=$folder/output.jsonl

echo 'check:'
# shellcheck disable=SC2086 # CONNECTOR is a command with arguments.
$CONNECTOR check --config "$folder/config.json" >"$output"
jq -r 'select(.type == "CONNECTION_STATUS").connectionStatus | "  \(.status) \(.message // "")"' "$output"
jq -es 'any(.connectionStatus.status == "SUCCEEDED")' "$output" >/dev/null

echo 'read:'
[ -s "$folder/state.json" ] || echo '[]' >"$folder/state.json"
failed=0
# shellcheck disable=SC2086
$CONNECTOR read --config "$folder/config.json" --catalog "$folder/catalog.json" \
  --state "$folder/state.json" >"$output" || failed=$?
jq -r 'select(.type == "LOG").log | "  \(.level) \(.message)"' "$output"
jq -r 'select(.trace.type == "ERROR").trace.error | "  \(.failure_type): \(.message)"' "$output"

# What a sync that failed half-way brought is kept up to its last STATE; what follows it is read again.
# Each STATE becomes a line `null`, and only what has one behind it is printed.
jq -c 'select(.type == "RECORD" or .type == "STATE") | .record.data' "$output" |
  awk '$0 == "null" { printf "%s", open; open = ""; next } { open = open $0 "\n" }' \
    >"$folder/new.jsonl"
cat "$folder/new.jsonl" >>"$folder/records.jsonl"
echo "  $(awk 'END { print NR }' "$folder/new.jsonl") records kept"

# The state after the records: if this is killed in between, they come again, with the same ids.
jq -c 'select(.type == "STATE").state' "$output" | tail -n 1 | jq -s . >"$folder/state.next.json"
if jq -e 'length == 1' "$folder/state.next.json" >/dev/null; then
  mv "$folder/state.next.json" "$folder/state.json"
fi
rm -f "$output" "$folder/new.jsonl" "$folder/state.next.json"
exit "$failed"
