--[[
The guard of Oklik at the switch.  Every call of the dialer goes through here, so that a UUID is dialed at most once
whatever happens to the dialer: the UUID is entered into the switch's own memory by a compare-and-set before the call
is placed, and a second attempt, a barred UUID or an owner who has been replaced is refused.

  bgapi lua oklik.lua dial <uuid> <epoch> <node> <ring_s> <max_s> <caller_id|-> <endpoint> [keys]
      +OK <uuid> when answered, -ERR <CAUSE> when not; the guard's own refusals, before anything was dialed:
      -ERR OKLIK_DUPLICATE (dialed before, or barred), -ERR OKLIK_STALE_EPOCH, -ERR OKLIK_BAD_ARGUMENT;
      keys: RFC 2833 is offered and SIP INFO is heard too, whatever the gateway is set to
  api lua oklik.lua take <uuid> <epoch> <node> <max_s>
      an incoming call that waits in the dialplan (inbound.xml) becomes this node's: +OK <uuid>, once for each UUID;
      -ERR OKLIK_GONE when it does not wait (any more), and the refusals of dial
  api lua oklik.lua bar <uuid>...       a line a UUID: "<uuid> barred" (never dialed, never will be) or "<uuid> dialed"
  api lua oklik.lua epoch <node> <n>    +OK, or -ERR OKLIK_STALE_EPOCH when a newer owner has been here
  api lua oklik.lua writes <file.wav>   +OK once an empty file of this name is made, which was not there before;
      -ERR OKLIK_NOT_WRITABLE when the switch's own user cannot make it: a recording there would end the call
  api lua oklik.lua version             +OK <n>, see VERSION
  bgapi lua oklik.lua purge             +OK <n> keys forgotten that are older than KEEP_S

Needs mod_lua and mod_hash.  Keys are hash/oklik/<uuid> = d<time> or b<time> and hash/oklik/epoch.<node> = <n>.  They
live in memory only: after a restart of the switch its Core-UUID is another one and the dialer knows.  An unknown
epoch (just restarted) refuses, too: the dialer registers before it dials.

Old keys go by the verb purge, which the dialer sends every few hours: one pass over the table.  A timer for every
call (sched_api ... hash delete) would leave a day's calls in the scheduler's list, which is walked each second.

Arguments are checked here once more although the dialer's encoder has done it: nothing but these patterns reaches
originate, so no text can become a variable, a second leg or an application.
--]]

-- Raised with each verb or argument that is added; a dialer that needs a newer one says so and makes no call.
local VERSION = 2
local KEEP_S = 172800
local api = freeswitch.API()

local HEX = "[0-9a-f]"
local function hex(n) return string.rep(HEX, n) end
local UUID = "^" .. hex(8) .. "%-" .. hex(4) .. "%-" .. hex(4) .. "%-" .. hex(4) .. "%-" .. hex(12) .. "$"
local HOST = "[A-Za-z0-9][A-Za-z0-9.:-]*"
local USER = "[A-Za-z0-9+][A-Za-z0-9_.+-]*"
local ENDPOINTS = {
  "^sofia/gateway/[A-Za-z0-9_.-]+/" .. USER .. "$",
  "^sofia/[A-Za-z0-9_-]+/" .. USER .. "@" .. HOST .. "$",
  "^user/" .. USER .. "@" .. HOST .. "$",
  "^user/" .. USER .. "$",
}

local function is(text, pattern, longest)
  return text ~= nil and #text <= longest and string.find(text, pattern) ~= nil
end

local function whole(text, low, high)
  if not is(text, "^[0-9]+$", 16) then return nil end
  local number = tonumber(text)
  if number < low or number > high then return nil end
  return number
end

local function is_node(text) return is(text, "^[A-Za-z0-9][A-Za-z0-9_.-]*$", 32) end

local function is_endpoint(text)
  for _, pattern in ipairs(ENDPOINTS) do
    if is(text, pattern, 400) then return true end
  end
  return false
end

local function answer(line) stream:write(line .. "\n") end

local function hash(operation, key, value)
  local argument = operation .. "/oklik/" .. key
  if value then argument = argument .. "/" .. value end
  return api:execute("hash", argument) or ""
end

local function succeeded(reply) return string.sub(reply, 1, 3) == "+OK" end

-- The owner's epoch, nil when none is registered.
local function current_epoch(node) return tonumber(hash("select", "epoch." .. node)) end

-- The compare-and-set: true for exactly one caller per UUID, for ever.
local function first(uuid, mark)
  return succeeded(hash("insert_ifempty", uuid, mark .. os.time()))
end

local function dial(arg)
  local uuid, epoch, node = arg[2], whole(arg[3], 0, 2 ^ 53), arg[4]
  local ring_s, max_s = whole(arg[5], 1, 300), whole(arg[6], 10, 14400)
  local caller_id, endpoint = arg[7], arg[8]
  if not (is(uuid, UUID, 36) and epoch and is_node(node) and ring_s and max_s and is_endpoint(endpoint))
    or not (caller_id == "-" or is(caller_id, "^%+?[0-9]+$", 16))
    or not (arg[9] == nil or arg[9] == "keys") or arg[10] ~= nil then
    return answer("-ERR OKLIK_BAD_ARGUMENT")
  end
  local owner = current_epoch(node)
  if owner == nil or epoch < owner then return answer("-ERR OKLIK_STALE_EPOCH") end
  if not first(uuid, "d") then return answer("-ERR OKLIK_DUPLICATE") end

  local variables = {
    "origination_uuid=" .. uuid,
    "originate_timeout=" .. arg[5],
    "ignore_early_media=true",
    "outbound_redirect_fatal=true",
    "park_after_bridge=true",
    "hangup_after_bridge=false",
    "app_disable_expand_variables=true",
    "playback_terminators=none",
    "oklik_node=" .. node,
  }
  if caller_id ~= "-" then
    table.insert(variables, "origination_caller_id_number=" .. caller_id)
    table.insert(variables, "origination_caller_id_name=" .. caller_id)
  end
  if arg[9] then
    table.insert(variables, "dtmf_type=rfc2833")
    table.insert(variables, "rtp_liberal_dtmf=true")
  end
  local reply = api:execute("originate", "{" .. table.concat(variables, ",") .. "}" .. endpoint .. " &park()")
  reply = reply or "-ERR OKLIK_NO_REPLY\n"
  if succeeded(reply) then
    api:execute("sched_hangup", "+" .. arg[6] .. " " .. uuid .. " ALLOTTED_TIMEOUT")
  end
  stream:write(reply)
end

-- Whoever deletes the timer of the dialplan has the call: the switch says how many it has deleted.
local function take(arg)
  local uuid, epoch, node, max_s = arg[2], whole(arg[3], 0, 2 ^ 53), arg[4], whole(arg[5], 10, 14400)
  if not (is(uuid, UUID, 36) and epoch and is_node(node) and max_s) or arg[6] ~= nil then
    return answer("-ERR OKLIK_BAD_ARGUMENT")
  end
  local owner = current_epoch(node)
  if owner == nil or epoch < owner then return answer("-ERR OKLIK_STALE_EPOCH") end
  if api:execute("uuid_getvar", uuid .. " oklik_inbound") ~= "waiting" then return answer("-ERR OKLIK_GONE") end
  if not first(uuid, "d") then return answer("-ERR OKLIK_DUPLICATE") end
  if not string.find(api:execute("sched_del", uuid) or "", "Deleted: [1-9]") then return answer("-ERR OKLIK_GONE") end
  api:execute("uuid_setvar_multi", uuid .. " oklik_inbound=taken;oklik_node=" .. node .. ";park_after_bridge=true;"
    .. "hangup_after_bridge=false;app_disable_expand_variables=true;playback_terminators=none")
  api:execute("sched_hangup", "+" .. arg[5] .. " " .. uuid .. " ALLOTTED_TIMEOUT")
  answer("+OK " .. uuid)
end

local function bar(arg)
  local position = 2
  if arg[2] == nil then return answer("-ERR OKLIK_BAD_ARGUMENT") end
  while arg[position] do
    if not is(arg[position], UUID, 36) then return answer("-ERR OKLIK_BAD_ARGUMENT") end
    position = position + 1
  end
  for index = 2, position - 1 do
    local uuid = arg[index]
    local barred = first(uuid, "b") or string.sub(hash("select", uuid), 1, 1) == "b"
    answer(uuid .. (barred and " barred" or " dialed"))
  end
end

-- Raises the epoch by compare-and-set, too: two owners may register at the same moment.
local function register(arg)
  local node, epoch = arg[2], whole(arg[3], 0, 2 ^ 53)
  if not (is_node(node) and epoch) or arg[4] ~= nil then return answer("-ERR OKLIK_BAD_ARGUMENT") end
  local key = "epoch." .. node
  for _ = 1, 20 do
    local owner = hash("select", key)
    local current = tonumber(owner)
    if current and current > epoch then return answer("-ERR OKLIK_STALE_EPOCH") end
    if current == epoch then return answer("+OK") end
    if owner ~= "" then hash("delete_ifmatch", key, owner) end
    if succeeded(hash("insert_ifempty", key, arg[3])) then return answer("+OK") end
  end
  answer("-ERR OKLIK_STALE_EPOCH")
end

-- Nothing is overwritten; the dialer takes the file away again.
local function writes(arg)
  local path = arg[2]
  if arg[3] ~= nil or not is(path, "^/[A-Za-z0-9_.+=@/-]*%.wav$", 1000)
    or string.find(path, "/%.?%.?/") or string.find(path, "/[^/]*%.[^/]*%.wav$") or string.find(path, "/%.wav$") then
    return answer("-ERR OKLIK_BAD_ARGUMENT")
  end
  local there = io.open(path, "r")
  if there then
    there:close()
    return answer("-ERR OKLIK_NOT_WRITABLE")
  end
  local made = io.open(path, "w")
  if not made then return answer("-ERR OKLIK_NOT_WRITABLE") end
  made:close()
  answer("+OK")
end

local function purge()
  local before, forgotten = os.time() - KEEP_S, 0
  local everything = api:execute("hash_dump", "db oklik") or ""
  for uuid, mark in string.gmatch(everything, "D/oklik_([0-9a-f-]+)/([bd][0-9]+)\n") do
    if is(uuid, UUID, 36) and tonumber(string.sub(mark, 2)) < before then
      hash("delete_ifmatch", uuid, mark)
      forgotten = forgotten + 1
    end
  end
  answer("+OK " .. forgotten)
end

local function version(arg)
  if arg[2] ~= nil then return answer("-ERR OKLIK_BAD_ARGUMENT") end
  answer("+OK " .. VERSION)
end

local verbs = { dial = dial, take = take, bar = bar, epoch = register, writes = writes, purge = purge,
  version = version }
local verb = verbs[argv[1]]
if verb then verb(argv) else answer("-ERR OKLIK_BAD_ARGUMENT") end
