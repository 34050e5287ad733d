import Credentials
import GlanceHTTP
import ImageModel
import JSONText
import Logging
import OutboundHTTP
import Posix
import Synchronization

/// Asks a Keystone v3 what tokens are good for, as a service user, and remembers the answers for a while.
public final class KeystoneValidator: Sendable {
    /// Answers that are remembered at the most.
    static let entriesMax = 10_000
    /// Questions that wait for a thread or for Keystone; beyond them clients are told to come back.
    static let waitingMax = 256

    /// Why Keystone did not vouch for a token.
    private enum Refusal: Error {
        /// It does not know the token, or no longer.
        case invalid
        /// It did not answer, or not to us.
        case unavailable(String)
    }

    private struct State {
        var tokens: [TokenDigest: (token: KeystoneToken, until: Deadline)] = [:]
        var serviceToken: String?
        var waiting = 0
    }

    let options: KeystoneOptions
    private let pool: BlockingPool
    private let logger: Logger
    private let state = Locked(State())

    /// - Parameter pool: for libcurl; its threads are the questions that Keystone gets at one time.
    public init(_ options: KeystoneOptions, pool: BlockingPool, logger: Logger = Logger(label: "glance-api")) {
        self.options = options
        self.pool = pool
        self.logger = logger
    }

    /// What a token is good for.
    ///
    /// - Parameter allowsExpired: whether one counts whose time is over, which Keystone allows for a while.
    /// - Throws: 401 for one that is not; 503 where Keystone can't be asked.
    func validate(_ token: String, allowsExpired: Bool = false) async throws(APIError) -> KeystoneToken {
        // It goes into a header of ours.
        guard (1...8192).contains(token.utf8.count), token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .unauthorized
        }
        let digest = TokenDigest(of: allowsExpired ? token + " expired" : token)
        if let known = known(digest, allowsExpired) { return known }
        let isAdmitted = state.withLock { state in
            guard state.waiting < Self.waitingMax else { return false }
            state.waiting += 1
            return true
        }
        guard isAdmitted else { throw .keystoneUnavailable("\(Self.waitingMax) questions wait for Keystone") }
        defer { state.withLock { $0.waiting -= 1 } }
        let result = await pool.result { () throws(Refusal) in try self.ask(token, allowsExpired) }
        do throws(Refusal) {
            let answer = try result.get()
            guard allowsExpired || answer.expiresAt > Timestamp.now else { throw Refusal.invalid }
            keep(answer, digest)
            return answer
        } catch {
            switch error {
            case .invalid: throw .unauthorized
            case .unavailable(let reason): throw .keystoneUnavailable(reason)
            }
        }
    }

    /// Where the catalogue of a token says that the Image API of a region is; nil where it says nothing of it.
    ///
    /// - Parameters:
    ///   - token: one that was validated.
    ///   - region: case does not count.
    ///   - interface: `public`, `internal` or `admin`.
    /// - Throws: 503 where Keystone can't be asked.
    func imageEndpoint(of token: String, region: String, interface: String) async throws(APIError) -> String? {
        let call = ServiceCall("GET", options.v3 + "/auth/catalog", fields: ["X-Auth-Token: \(token)", Self.accept])
        let result = await pool.result { () throws(Refusal) in try self.call(call) }
        let answer: ServiceCall.Answer
        do throws(Refusal) {
            answer = try result.get()
        } catch {
            guard case .unavailable(let reason) = error else { throw .unauthorized }
            throw .keystoneUnavailable(reason)
        }
        guard answer.status == 200, let services = try? JSONValue(parsing: answer.body)["catalog"]?.array else {
            throw .keystoneUnavailable("Keystone answered \(answer.status) to the question for a catalogue")
        }
        return Self.imageEndpoint(in: services, region: region, interface: interface)
    }

    static func imageEndpoint(in services: [JSONValue], region: String, interface: String) -> String? {
        let endpoints = services.filter { $0["type"]?.string == "image" }.flatMap { $0["endpoints"]?.array ?? [] }
        let endpoint = endpoints.first { endpoint in
            let name = (endpoint["region_id"] ?? endpoint["region"])?.string
            return name?.lowercased() == region.lowercased() && endpoint["interface"]?.string == interface
        }
        return endpoint?["url"]?.string
    }

    private func known(_ digest: TokenDigest, _ allowsExpired: Bool) -> KeystoneToken? {
        guard let entry = state.withLock({ $0.tokens[digest] }), !entry.until.isOver,
            allowsExpired || entry.token.expiresAt > Timestamp.now
        else { return nil }
        return entry.token
    }

    private func keep(_ token: KeystoneToken, _ digest: TokenDigest) {
        guard options.cacheSeconds > 0 else { return }
        let until = Deadline.after(seconds: Double(options.cacheSeconds))
        state.withLock { state in
            if state.tokens.count >= Self.entriesMax {
                let now = Deadline.now
                state.tokens = state.tokens.filter { $0.value.until > now }
                if state.tokens.count >= Self.entriesMax { state.tokens.removeAll() }
            }
            state.tokens[digest] = (token, until)
        }
    }

    // MARK: On a thread that may block

    private func ask(_ token: String, _ allowsExpired: Bool) throws(Refusal) -> KeystoneToken {
        let url = options.v3 + "/auth/tokens?nocatalog" + (allowsExpired ? "&allow_expired=1" : "")
        // A second time with a new token of our own: the old one may have been revoked.
        for isLast in [false, true] {
            let own = try serviceToken(renewing: isLast)
            let answer = try call(
                ServiceCall("GET", url, fields: ["X-Auth-Token: \(own)", "X-Subject-Token: \(token)", Self.accept]))
            switch answer.status {
            case 200:
                guard let token = KeystoneToken(answer.body) else {
                    throw .unavailable("Keystone's answer is no token")
                }
                return token
            case 404: throw .invalid
            case 401, 403:
                if isLast { throw .unavailable("Keystone lets the service user validate no token: \(answer.status)") }
            default: throw .unavailable("Keystone answered \(answer.status)")
            }
        }
        throw .unavailable("Keystone lets the service user in, and out again")
    }

    private static let accept = "Accept: application/json"

    /// A token of the service user.
    private func serviceToken(renewing: Bool) throws(Refusal) -> String {
        if !renewing, let token = state.withLock({ $0.serviceToken }) { return token }
        func domain(_ id: String?, _ name: String?) -> JSONValue {
            if id == nil, let name { return ["name": .string(name)] }
            return ["id": .string(id ?? "default")]
        }
        let body: JSONValue = [
            "auth": [
                "identity": [
                    "methods": .array([.string("password")]),
                    "password": [
                        "user": [
                            "name": .string(options.username), "password": .string(options.password),
                            "domain": domain(options.userDomainID, options.userDomainName),
                        ]
                    ],
                ],
                "scope": [
                    "project": [
                        "name": .string(options.projectName),
                        "domain": domain(options.projectDomainID, options.projectDomainName),
                    ]
                ],
            ]
        ]
        let answer = try call(
            ServiceCall(
                "POST", options.v3 + "/auth/tokens?nocatalog", fields: ["Content-Type: application/json", Self.accept],
                body: body.serialized))
        guard answer.status == 201, let token = answer["x-subject-token"] else {
            throw .unavailable("Keystone does not let the service user '\(options.username)' in: \(answer.status)")
        }
        state.withLock { $0.serviceToken = token }
        return token
    }

    private func call(_ call: ServiceCall) throws(Refusal) -> ServiceCall.Answer {
        do throws(ServiceCall.Failure) {
            return try call.perform(options.call)
        } catch {
            throw .unavailable("Keystone can't be reached: \(error)")
        }
    }
}
