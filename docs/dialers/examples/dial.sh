#!/bin/sh
# Asks the call gate, and places the call only if it is allowed.
#
#   dial.sh CALL_ID AGENT_ID DESTINATION COMMAND...
#
# CALL_ID is the dialer's own id of the call, the same in each retry. COMMAND places the call: it gets the caller ID, the
# number and the authorization's id as its last arguments, and prints how the call went, "answered 42" (seconds) or a
# disposition alone; when it fails (exit status other than 0) there was no call, which is given back.
#
# Needs RINGFENCE_URL, RINGFENCE_KEY and curl. Exits with 0 placed, 2 denied, 1 the request or the call was refused,
# 75 not decided (ask again later, with the same CALL_ID), 76 not settled.

[ $# -ge 4 ] || { echo 'usage: dial.sh CALL_ID AGENT_ID DESTINATION COMMAND...' >&2 && exit 1; }
call_id=$1 agent=$2 destination=$3
shift 3

# Sends a request until it is answered, three times at most. Sets $status and $answer.
post() {
  path=$1 body=$2 attempt=1
  while :; do
    reply=$(printf 'header = "Authorization: Bearer %s"\n' "$RINGFENCE_KEY" |
      curl --config - --silent --max-time "${RINGFENCE_TIMEOUT:-3}" --header 'Accept: text/plain' \
        --header 'Content-Type: application/json' --header "Idempotency-Key: $call_id" --data "$body" \
        --write-out '\n%{http_code} %header{retry-after}' "$RINGFENCE_URL/api/v1/call-gate/$path")
    answer=$(printf '%s\n' "$reply" | head -n 1)
    last=$(printf '%s\n' "$reply" | tail -n 1)
    status=${last%% *} retry_after=${last#* }
    case $status in 000 | 429 | 5??) ;; *) return 0 ;; esac
    [ "$attempt" -lt 3 ] || return 1
    attempt=$((attempt + 1))
    case $retry_after in '' | *[!0-9]*) retry_after=1 ;; esac
    sleep "$retry_after"
  done
}

settle() {
  post "$1" "$2" || exit 76
  # 409: it was settled before, or can no longer be given back.
  case $status in 200 | 409) ;; *) echo "$answer" >&2 && exit 76 ;; esac
}

# What stands in the JSON is checked first, so that it cannot say anything else.
case $agent$destination in *[!-+0-9A-Za-z]*) echo 'AGENT_ID or DESTINATION has other characters' >&2 && exit 1 ;; esac
case $call_id in '' | *[!-.:_0-9A-Za-z]*) echo 'CALL_ID is empty or has other characters' >&2 && exit 1 ;; esac

post authorize "{\"agentId\":\"$agent\",\"destination\":\"$destination\"}" || exit 75
case $status:$answer in
  200:'allow '*) ;;
  200:'deny '*) echo "$answer" && exit 2 ;;
  *) echo "$answer" >&2 && exit 1 ;;
esac
rest=${answer#allow }
from=${rest% *} id=${rest#* }

if ! outcome=$("$@" "$from" "$destination" "$id"); then
  settle void "{\"authorizationId\":\"$id\",\"reason\":\"not_dialed\"}"
  exit 1
fi
disposition=${outcome%% *} seconds=${outcome#* }
case $seconds in *[!0-9]*) duration= ;; *) duration=",\"durationSeconds\":$seconds" ;; esac
settle complete "{\"authorizationId\":\"$id\",\"disposition\":\"$disposition\"$duration}"
echo "$disposition"
