-- Sends one request to each of several paths in turn, made beforehand: a request costs the generator a table look-up.
--
-- BENCH_METHOD  the method
-- BENCH_PATHS   the paths, separated by spaces
-- BENCH_BODY    the body, the same for all; unset for none

local report = require "report"

local requests, next_one = {}, 0

function init()
   for path in os.getenv("BENCH_PATHS"):gmatch("%S+") do
      requests[#requests + 1] = wrk.format(os.getenv("BENCH_METHOD"), path, nil, os.getenv("BENCH_BODY"))
   end
end

function request()
   next_one = next_one % #requests + 1
   return requests[next_one]
end

function done(summary, latency)
   report.print(summary, latency)
end
