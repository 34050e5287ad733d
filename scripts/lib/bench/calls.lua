-- For wrk: sends requests and prints how they went as one line of JSON behind "RESULT ".
--
--   play FILE          the requests of FILE in turn: headers, "NAME: VALUE" each, an empty line, and then
--                      "METHOD TARGET" or "METHOD TARGET RANGE"
--   pairs FILE SEED    creates an image and deletes it, and again, with the headers of FILE; needs one thread for each
--                      connection, so that a deletion follows its own creation

local threads = {}
function setup(thread)
    threads[#threads + 1] = thread
    thread:set("number", #threads)
end

local function read(path)
    local headers, lines, in_headers = {}, {}, true
    for line in io.lines(path) do
        if in_headers then
            local name, value = line:match("^(%S+): (.*)$")
            if name then headers[name] = value else in_headers = false end
        else
            lines[#lines + 1] = line
        end
    end
    return headers, lines
end

local function play(path)
    local headers, lines = read(path)
    local requests = {}
    for _, line in ipairs(lines) do
        local method, target, range = line:match("^(%S+) (%S+) ?(%S*)$")
        headers["Range"] = range ~= "" and range or nil
        requests[#requests + 1] = wrk.format(method, target, headers)
    end
    -- Each thread begins elsewhere.
    local at = number * 7919
    return function()
        at = at % #requests + 1
        return requests[at]
    end
end

-- Globals of a thread, which `done` can ask for.
done_pairs, failed_pairs = 0, 0

local function pairs_of(path, seed)
    -- wrk asks the first thread for a request that it only looks at.
    local is_rehearsal = number == 1
    local made, id, is_deleting = 0, nil, false
    local headers = read(path)
    local create = { ["Content-Type"] = "application/json" }
    for name, value in pairs(headers) do create[name] = value end
    local body = '{"id": "%s", "name": "pair", "disk_format": "qcow2", "container_format": "bare", "os": "linux", '
        .. '"architecture": "x86_64"}'
    response = function(status)
        if is_deleting then
            if status == 204 then done_pairs = done_pairs + 1 else failed_pairs = failed_pairs + 1 end
            id = nil
        elseif status ~= 201 then
            failed_pairs = failed_pairs + 1
            id = nil
        end
    end
    return function()
        if is_rehearsal then
            is_rehearsal = false
            return wrk.format("GET", "/", headers)
        end
        is_deleting = id ~= nil
        if is_deleting then return wrk.format("DELETE", "/v2/images/" .. id, headers) end
        made = made + 1
        id = string.format("%08x-0000-4000-8000-%04x%08x", tonumber(seed), number, made)
        return wrk.format("POST", "/v2/images", create, body:format(id))
    end
end

function init(arguments)
    if arguments[1] == "pairs" then
        request = pairs_of(arguments[2], arguments[3])
    else
        request = play(arguments[2])
    end
end

function done(summary, latency, _)
    local errors = summary.errors
    local succeeded, failed = 0, 0
    for _, thread in ipairs(threads) do
        succeeded = succeeded + thread:get("done_pairs")
        failed = failed + thread:get("failed_pairs")
    end
    io.write(string.format(
        'RESULT {"requests": %d, "seconds": %.6f, "bytes": %.0f, "refused": %d, "broken": %d, "pairs": %d, '
        .. '"failed": %d, "p50": %.6f, "p99": %.6f}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, succeeded, failed,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
