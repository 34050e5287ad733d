import OutboundHTTP
import Testing

/// A policy that lets tests reach their own server: loopback, any port.
let loopbackPolicy = FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [.loopback])

func makeFetcher(_ policy: FetchPolicy = loopbackPolicy, _ limits: FetchLimits = FetchLimits()) -> OutboundFetcher {
    OutboundFetcher(policy: policy, limits: limits, version: "test")
}

/// What one fetch gave.
struct Fetched {
    var response: FetchedResponse?
    var body: [UInt8] = []
    var error: FetchError?

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension OutboundFetcher {
    func collect(
        _ url: String, from offset: Int64 = 0, etag: String? = nil, fields: [SecretField] = [],
        isCancelled: () -> Bool = { false }
    ) -> Fetched {
        var fetched = Fetched()
        do {
            try fetch(
                url, from: offset, etag: etag, fields: fields, onResponse: { fetched.response = $0 },
                sink: { fetched.body.append(contentsOf: $0) }, isCancelled: isCancelled)
        } catch {
            fetched.error = error
        }
        return fetched
    }

    func documentError(_ url: String, bytesMax: Int) -> FetchError? {
        do {
            _ = try document(url, bytesMax: bytesMax)
            return nil
        } catch {
            return error
        }
    }

    func headError(_ url: String) -> FetchError? {
        do {
            _ = try head(url)
            return nil
        } catch {
            return error
        }
    }
}

/// Runs a body against a server and stops the server whatever happens.
func withServer(
    _ reply: @escaping @Sendable (HostileServer.Request) -> HostileServer.Reply,
    _ body: (HostileServer) throws -> Void
) throws {
    let server = try HostileServer(reply)
    defer { server.stop() }
    try body(server)
}

/// The case of an error and what counts in it, for comparison.
func outline(_ error: FetchError?) -> String {
    switch error {
    case nil: "none"
    case .malformed: "malformed"
    case .refused(let option, _): "refused \(option?.rawValue ?? "always")"
    case .notFound: "notFound"
    case .badStatus(let status): "badStatus \(status)"
    case .unreachable: "unreachable"
    case .tooManyRedirects(let max): "tooManyRedirects \(max)"
    case .badResponse: "badResponse"
    case .rangeNotSatisfiable(let total): "rangeNotSatisfiable \(total.map(String.init) ?? "?")"
    case .tooLarge(let max): "tooLarge \(max)"
    case .stalled(let seconds): "stalled \(seconds)"
    case .tooSlow(let min, let seconds): "tooSlow \(min) \(seconds)"
    case .interrupted(let received, let expected): "interrupted \(received) \(expected.map(String.init) ?? "?")"
    case .cancelled: "cancelled"
    case .stopped: "stopped"
    case .unavailable: "unavailable"
    }
}
