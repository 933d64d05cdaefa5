-- Asks Ringfence's call gate about each call, places those that it allows, and settles them. freeswitch.xml beside this
-- file runs it, and says what has to stand in the environment.

local function set(words)
  local members = {}
  for word in words:gmatch("%S+") do members[word] = true end
  return members
end

-- Seconds that a phone may ring.
local RING = 60
-- Seconds that a call waits for the gate. The gate itself gives up after 2, so that it has always answered before this.
local GATE_TIMEOUT = 3
-- After so many calls in a row without an answer the gate counts as dead, and calls are answered 503 at once; after
-- GATE_REST seconds one call tries it again.
local GATE_FAILURES = 5
local GATE_REST = 2

-- Errors of a gate that lives, did not read the request, and has counted nothing.
local NOT_READ = set("authentication_required permission_denied too_many_requests validation_failed malformed_request not_found")
-- Errors of a settlement that the gate will never take. It does not know a call that was not decided.
local NEVER_TAKEN = set("validation_failed malformed_request record_not_found authorization_settled authorization_not_settleable")

local CARRIER = os.getenv("CARRIER")
local api = freeswitch.API()

-- One request. mod_curl reads ten words and no more, so that a header of its list holds two lines.
local function post(path, body, key)
  local headers = "Authorization: Bearer " .. os.getenv("RINGFENCE_KEY")
  if key then headers = headers .. "\r\nIdempotency-Key: " .. key end
  return api:execute("curl", string.format(
    "%s/api/v1/call-gate/%s timeout %d append_headers 'Content-Type: application/json\r\nAccept: text/plain' append_headers '%s' post %s",
    os.getenv("RINGFENCE_URL"), path, GATE_TIMEOUT, headers, body))
end

local function log(level, text)
  freeswitch.consoleLog(level, text .. "\n")
end

local function shared(name)
  return tonumber(api:execute("hash", "select/ringfence/" .. name)) or 0
end

local function share(name, number)
  api:execute("hash", string.format("insert/ringfence/%s/%d", name, number))
end

-- The end of a call that was not placed, or that failed: the status for the dialer, with the reason (RFC 3326) when it is
-- the gate's.
local function refuse(status, phrase, reason)
  session:setVariable("disable_q850_reason", "true")
  if reason then session:setVariable("sip_rh_Reason", string.format('RINGFENCE;text="%s"', reason)) end
  session:execute("respond", status .. " " .. phrase)
end

-- The breaker: with a dead gate, calls are refused at once, and one in GATE_REST seconds tries it.
local function gate_is_usable()
  if shared("failures") < GATE_FAILURES then return true end
  if os.time() < shared("retry_at") then return false end
  share("retry_at", os.time() + GATE_REST)
  return true
end

-- Nothing is known: not the dialer's fault, and no call. It may try again soon.
local function undecided()
  session:setVariable("sip_rh_Retry-After", tostring(GATE_REST))
  refuse(503, "No decision")
end

-- What became of the call that was tried: "complete" or "void" for the gate, with the fields, and the reply for the dialer,
-- which reads 503 as: not decided.
local function outcome()
  local cause = session:getVariable("originate_disposition") or ""
  local code = tonumber((session:getVariable("last_bridge_proto_specific_hangup_cause") or ""):match("^sip:([3-6]%d%d)$"))
  local rang = session:getVariable("ringfence_rang")
  if cause == "ORIGINATOR_CANCEL" then return "complete", '"disposition":"canceled","sipCode":487', 487 end
  -- No carrier was there to place the call: it costs nothing and counts for nothing.
  local is_silent = not rang and (code == nil or code == 408) and cause ~= "NO_ANSWER"
  if code == 503 or is_silent then return "void", '"reason":"trunk_unavailable"', 502 end
  local disposition = "failed"
  if code == 486 or code == 600 then disposition = "busy" end
  if code == 603 or code == 607 or code == 608 then disposition = "rejected" end
  if code == 408 or code == 480 or code == 487 then disposition = "no_answer" end
  if not code then disposition = "no_answer" end
  local fields = string.format('"disposition":"%s"', disposition)
  if code then fields = string.format('%s,"sipCode":%d', fields, code) end
  return "complete", fields, code and code >= 400 and code or 480
end

-- Places the call: the caller ID is the gate's, and nothing that the dialer says of itself gets to the carrier.
local function place(caller, destination)
  session:setVariable("ringfence_settle", "placed")
  session:setVariable("continue_on_fail", "true")
  session:setVariable("hangup_after_bridge", "true")
  session:setVariable("call_timeout", tostring(RING))
  session:setVariable("sip_copy_custom_headers", "false")
  session:execute("privacy", "no")
  session:execute("bridge", string.format(
    "{origination_caller_id_number=%s,origination_caller_id_name=_undef_,sip_cid_type=pid,outbound_redirect_fatal=true}sofia/ringfence/%s@%s",
    caller, destination, CARRIER))
  if session:answered() then return end
  local how, fields, reply = outcome()
  session:setVariable("ringfence_settle", how)
  session:setVariable("ringfence_fields", fields)
  if session:ready() then refuse(reply, "Call failed") end
end

-- A call that a dialer wants to place. The user part of its address may hold any character.
local function ask(agent)
  local dialed = session:getVariable("sip_req_user") or ""
  -- Only separators are dropped (RFC 3966): -, ., ( and ). What is then no E.164 number is asked of no gate.
  local destination = dialed:gsub("[-.()]", "")
  if not destination:match("^%+[1-9]%d+$") or #destination < 8 or #destination > 16 then
    -- Not 484, with which FreeSWITCH repeats the address in a header.
    return refuse(404, "Dial E.164 with a plus", "destination_invalid")
  end
  if not gate_is_usable() then return undecided() end
  -- One transaction has one key.
  local transaction = { session:getVariable("sip_call_id"), session:getVariable("sip_from_tag"), session:getVariable("sip_cseq") }
  local key = api:execute("md5", table.concat(transaction, ";"))
  session:setVariable("ringfence_key", key)
  session:setVariable("ringfence_settle", "unknown")
  session:setVariable("api_reporting_hook", "lua ringfence.lua settle")
  local answer = post("authorize", string.format('{"agentId":"%s","destination":"%s"}', agent, destination), key)
  local caller = answer:match("^allow (%+%d+) [-0-9a-f]+%s*$")
  local reason = answer:match("^deny ([a-z_]+)%s*$")
  if caller or reason then share("failures", 0) end
  if caller then
    session:setVariable("ringfence_settle", "abandoned")
    -- Reads a CANCEL that came while the gate was asked.
    session:execute("sleep", "20")
    if session:ready() then place(caller, destination) end
    return
  end
  if reason then
    session:setVariable("ringfence_settle", "nothing")
    return refuse(403, "Call not allowed", reason)
  end
  if NOT_READ[answer:match("^error ([a-z_]+)")] then
    session:setVariable("ringfence_settle", "nothing")
  else
    share("failures", shared("failures") + 1)
  end
  log("ERR", "no decision of the call gate: " .. answer)
  undecided()
end

-- At the end of each call that was asked about. A settlement is kept in FreeSWITCH's own database until the gate has taken
-- it, also over a restart.
local function settle()
  local how, fields = env:getHeader("ringfence_settle"), env:getHeader("ringfence_fields")
  if how == "nothing" then return end
  if how == "placed" then
    how = "complete"
    fields = string.format('"disposition":"answered","sipCode":200,"durationSeconds":%d', tonumber(env:getHeader("billsec")) or 0)
  elseif how == "abandoned" then
    how, fields = "void", '"reason":"caller_abandoned"'
  elseif how == "unknown" then
    -- Perhaps the call was counted and only the answer was lost.
    how, fields = "void", '"reason":"not_dialed"'
  end
  local key = env:getHeader("ringfence_key")
  api:execute("db", string.format('insert/ringfence/%s/%s {"idempotencyKey":"%s",%s}', key, how, key, fields))
  api:execute("luarun", "ringfence.lua send")
end

-- One thread at a time sends what is kept, in a second try and in a hundredth, until nothing is left.
local function send()
  while api:execute("hash", "insert_ifempty/ringfence/sending/1"):match("^%+OK") do
    local waits = false
    for key in api:execute("db", "list/ringfence"):gmatch("%x+") do
      local path, body = api:execute("db", "select/ringfence/" .. key):match("^(%l+) (.+)$")
      local taken = post(path, body)
      if taken:match("^completed ") or taken:match("^voided ") then
        api:execute("db", "delete/ringfence/" .. key)
      elseif NEVER_TAKEN[taken:match("^error ([a-z_]+)")] then
        log("NOTICE", "the gate does not take " .. path .. " " .. body .. ": " .. taken)
        api:execute("db", "delete/ringfence/" .. key)
      else
        log("WARNING", "settlements wait: " .. taken)
        waits = true
        break
      end
    end
    if waits then freeswitch.msleep(2000) end
    api:execute("hash", "delete/ringfence/sending")
    if api:execute("db", "count/ringfence") == "0" then return end
  end
end

if argv[1] == "ask" then ask(argv[2]) elseif argv[1] == "settle" then settle() else send() end
