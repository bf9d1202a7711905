-- What wrk asks: the addresses of a file, each pass under a host of its own where they shall be new.
-- Arguments: the file, the first host's name or "-", then headers as name=value.
local paths, headers, at, pass, host, only = {}, {}, 0, 0, nil, nil

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  host = args[2] ~= "-" and args[2] or nil
  for i = 3, #args do
    local name, value = args[i]:match("^(.-)=(.*)$")
    headers[name] = value
  end
  if not host and #paths == 1 then only = wrk.format("GET", paths[1], headers) end
end

function request()
  if only then return only end
  at = at + 1
  if at > #paths then at, pass = 1, pass + 1 end
  if host then headers["Host"] = host .. pass end
  return wrk.format("GET", paths[at], headers)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\n{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
