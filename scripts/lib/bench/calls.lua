-- For wrk: sends requests and prints how they went as one line of JSON behind "RESULT ".
--
--   play FILE TOKEN    the lines of FILE, "METHOD TARGET" each, in turn
--   pairs SEED TOKEN   creates an image and deletes it, and again; needs one thread for each connection, so that a
--                      deletion follows its own creation

local thread_count = 0
function setup(thread)
    thread_count = thread_count + 1
    thread:set("number", thread_count)
end

local function play(path, headers)
    local requests = {}
    for line in io.lines(path) do
        local method, target = line:match("^(%S+) (%S+)$")
        requests[#requests + 1] = wrk.format(method, target, headers)
    end
    -- Each thread begins elsewhere.
    local at = number * 7919
    return function()
        at = at % #requests + 1
        return requests[at]
    end
end

local function pairs_of(seed, headers)
    -- wrk asks the first thread for a request that it only looks at.
    local is_rehearsal = number == 1
    local made, id = 0, nil
    local create = {
        ["x-image-meta-name"] = "pair", ["x-image-meta-disk_format"] = "qcow2",
        ["x-image-meta-container_format"] = "bare", ["x-image-meta-property-os"] = "linux",
        ["x-image-meta-property-arch"] = "x86_64",
    }
    for name, value in pairs(headers) do create[name] = value end
    return function()
        if is_rehearsal then
            is_rehearsal = false
            return wrk.format("GET", "/", headers)
        end
        if id then
            local target = "/v1/images/" .. id
            id = nil
            return wrk.format("DELETE", target, headers)
        end
        made = made + 1
        id = string.format("%08x-0000-4000-8000-%04x%08x", tonumber(seed), number, made)
        create["x-image-meta-id"] = id
        return wrk.format("POST", "/v1/images", create)
    end
end

function init(arguments)
    local headers = { ["X-Auth-Token"] = arguments[3] }
    if arguments[1] == "pairs" then
        request = pairs_of(arguments[2], headers)
    else
        request = play(arguments[2], headers)
    end
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "p50": %.6f, "p99": %.6f}\n',
        summary.requests, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
