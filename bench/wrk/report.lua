-- Ends a run with one line of JSON for the program that started wrk. Times are in microseconds.

local report = {}

-- counted: further numbers by name.
function report.print(summary, latency, counted)
   local numbers = {
      requests = summary.requests,
      duration = summary.duration,
      bytes = summary.bytes,
      p50 = latency:percentile(50),
      p99 = latency:percentile(99),
      refused = summary.errors.status,
      broken = summary.errors.connect + summary.errors.read + summary.errors.write,
      unanswered = summary.errors.timeout,
   }
   for name, number in pairs(counted or {}) do
      numbers[name] = number
   end

   local members = {}
   for name, number in pairs(numbers) do
      members[#members + 1] = string.format('"%s":%.0f', name, number)
   end
   print("{" .. table.concat(members, ",") .. "}")
end

return report
