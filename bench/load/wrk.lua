-- How wrk sends one kind of request. Arguments: the method, and the mean pause of a connection between two requests in
-- milliseconds (0: none). One JSON line with the counts is its result.

local pause = 0

-- Names under `localhost` are this machine (RFC 6761 §6.3), which the system's resolver may not know.
function wrk.resolve(_, service)
  wrk.addrs = wrk.lookup('127.0.0.1', service)
  return #wrk.addrs > 0
end

function init(args)
  wrk.method = args[1]
  pause = tonumber(args[2])
  -- wrk asks for a pause after each answer once there is such a function, so there is one only when it is wanted.
  if pause > 0 then
    -- Many connections that pause at random together ask at random moments, as people do.
    function delay()
      return math.random(0, math.floor(2 * pause))
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"bytes":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
