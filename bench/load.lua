-- How wrk sends one kind of request: the method is its argument, one JSON line with the counts is its result.

-- Names under `localhost` are this machine (RFC 6761 §6.3), which the system's resolver may not know.
function wrk.resolve(_, service)
  wrk.addrs = wrk.lookup('127.0.0.1', service)
  return #wrk.addrs > 0
end

function init(args)
  wrk.method = args[1]
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
