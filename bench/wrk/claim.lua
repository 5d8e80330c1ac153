-- Works as consumers do: claims messages, then deletes each with its claim, one request a message.
--
-- BENCH_PATHS  the path that claims are posted to
-- BENCH_BODY   a claim
--
-- The connections share one list of what to delete: wrk does not say which connection an answer came on. So an answer of 204 is either
-- a deletion or an empty claim; the program that started wrk tells these apart by what has left the queue.

local report = require "report"

local claim, delete
local held, first, last = {}, 1, 0 -- paths of claimed messages: held[first] to held[last]
local threads = {}

claims, claimed, gone, odd = 0, 0, 0, 0

function setup(thread)
   threads[#threads + 1] = thread
end

function init()
   claim = wrk.format("POST", os.getenv("BENCH_PATHS"), nil, os.getenv("BENCH_BODY"))
   local before, after = wrk.format("DELETE", "/PATH"):match("^(.-)/PATH(.*)$")
   delete = function(path) return before .. path .. after end
end

function request()
   if first > last then
      return claim
   end
   local path = held[first]
   held[first] = nil
   first = first + 1
   return delete(path)
end

function response(status, headers, body)
   if status == 201 then
      claims = claims + 1
      for path in body:gmatch('"href": ?"([^"]+%?claim_id=[^"]+)"') do
         claimed = claimed + 1
         last = last + 1
         held[last] = path
      end
   elseif status == 204 then
      gone = gone + 1
   else
      odd = odd + 1
   end
end

function done(summary, latency)
   local counted = {}
   for _, name in ipairs { "claims", "claimed", "gone", "odd" } do
      counted[name] = 0
      for _, thread in ipairs(threads) do
         counted[name] = counted[name] + thread:get(name)
      end
   end
   report.print(summary, latency, counted)
end
