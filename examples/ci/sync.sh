#!/bin/sh
# One sync with nothing but the command line: checks, reads from where the last sync was, keeps the
# records and the new state. Needs jq and awk, and docker or another way to run the connector.
#
#   sync.sh FOLDER
#
# FOLDER holds config.json and catalog.json, and takes records.jsonl (new records are added) and
# state.json. One sync at a time. IMAGE is the image to run. CONNECTOR is a command to run instead:
#   CONNECTOR=/opt/source-confluence-audit-logs/bin/main sync.sh /var/lib/audit-log
#
# Exits with 0 if all was read; with 1 if the check failed, or if a line was damaged on its way; else
# with the connector's own code. Whatever ends a read, what came before its last STATE is kept.
set -eu
folder=$(cd "${1:?the folder is missing: sync.sh FOLDER}" && pwd)
image=${IMAGE:-source-confluence-audit-logs:1.0.0}
output=$folder/output.jsonl
new=$folder/new.jsonl
next=$folder/state.next.json

# Becomes the connector: to be called in a process of its own.
connector() {
  if [ -z "${CONNECTOR:-}" ]; then
    # As the one who runs this, so that config.json needs to be readable for nobody else.
    exec docker run --rm --read-only --cap-drop ALL --user "$(id -u):$(id -g)" \
      --env HTTPS_PROXY --env NO_PROXY --env LOG_LEVEL \
      --mount "type=bind,source=$folder,target=$folder,readonly" "$image" "$@"
  elif command -v "$CONNECTOR" >/dev/null; then
    exec "$CONNECTOR" "$@"
  else
    # shellcheck disable=SC2086 # A command with arguments.
    exec $CONNECTOR "$@"
  fi
}

# messages FILTER: a filter of jq over each line of the output; a line that is not a message is passed over.
messages() {
  jq --raw-input --raw-output "fromjson? | objects | $1" "$output"
}

tell() {
  messages 'if .type == "LOG" then "  \(.log.level) \(.log.message)"
    elif .trace.type? == "ERROR" then "  \(.trace.error.failure_type): \(.trace.error.message)"
    elif .type == "CONNECTION_STATUS" then .connectionStatus | "  \(.status) \(.message // "")"
    else empty end'
}

# Takes records up to the last STATE, and that STATE, from the output. Each STATE says how many records
# came since the one before it: if fewer are there, a line was damaged, and nothing after it is taken.
keep() {
  messages 'if .type == "RECORD" then "record \(.record.data | tojson)"
    elif .type == "STATE" then "state \(.state.sourceStats.recordCount) \(.state | tojson)"
    else empty end' |
    NEW=$new NEXT=$next awk '
      BEGIN { printf "" >ENVIRON["NEW"]; printf "" >ENVIRON["NEXT"] }
      $1 == "record" { held[count++] = substr($0, 8); next }
      count != $2 + 0 { print "  a line was damaged: " count " of " $2 " records came"; exit 1 }
      {
        for (n = 0; n < count; n++) print held[n] >ENVIRON["NEW"]
        kept += count
        count = 0
        state = substr($0, length($1 $2) + 3)
      }
      END {
        if (state != "") print "[" state "]" >ENVIRON["NEXT"]
        print "  " kept + 0 " records kept"
      }'
}

echo 'check:'
(connector check --config "$folder/config.json") >"$output" || true
tell
# A check that fails ends with 0, as one that succeeds does: what counts is the status that it tells.
status=$(messages '.connectionStatus.status? // empty')
[ "$status" = SUCCEEDED ] || { rm "$output"; exit 1; }

echo 'read:'
set -- read --config "$folder/config.json" --catalog "$folder/catalog.json"
[ ! -e "$folder/state.json" ] || set -- "$@" --state "$folder/state.json"
connector "$@" >"$output" &
reader=$!
# Told to stop, it stops the reader and keeps what has come. `wait` ends early then.
trap 'kill "$reader" 2>/dev/null || true' HUP INT TERM
failed=0
wait "$reader" || failed=$?
while kill -0 "$reader" 2>/dev/null; do
  wait "$reader" || failed=$?
done
tell
keep || failed=1

# The records before the state: if this is killed in between, they come again, with the same ids. A last
# line that was cut off, by a full disk say, must not swallow the first new one.
records=$folder/records.jsonl
[ ! -s "$records" ] || [ -z "$(tail -c 1 "$records")" ] || echo >>"$records"
cat "$new" >>"$records"
[ ! -s "$next" ] || mv "$next" "$folder/state.json"
rm -f "$output" "$new" "$next"
exit "$failed"
