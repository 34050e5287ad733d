import JSONText
import OutboundHTTP
import Posix
import Synchronization

/// Calls to a Keystone v3 as a service user. Its token is kept, and made anew when Keystone no longer takes it.
public final class KeystoneSession: Sendable {
    /// Questions, each different, that wait for a thread or for Keystone; beyond them clients are told to come back.
    static let waitingMax = 256

    /// Keystone did not answer, or not to us.
    struct Unavailable: Error {
        let reason: String
    }

    private struct State {
        var token: String?
        var waiting = 0
        /// Attempts to log in that have ended.
        var logins = 0
        /// Why the last of them gave no token.
        var loginFailure: Unavailable?

        mutating func ended(_ login: Result<String, Unavailable>) {
            logins += 1
            switch login {
            case .success(let token): (self.token, loginFailure) = (token, nil)
            case .failure(let failure): loginFailure = failure
            }
        }
    }

    let options: KeystoneOptions
    private let pool: BlockingPool
    private let state = Locked(State())
    /// Held while the service user logs in.
    private let login = Locked(())

    /// - Parameter pool: for libcurl; its threads are the questions that Keystone gets at one time.
    public init(_ options: KeystoneOptions, pool: BlockingPool) {
        self.options = options
        self.pool = pool
    }

    /// Runs a body that calls Keystone on a thread that may block.
    ///
    /// - Throws: what the body throws; `Unavailable` where too many wait already.
    func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(Unavailable) -> Value
    ) async throws(Unavailable) -> Value {
        let isAdmitted = state.withLock { state in
            guard state.waiting < Self.waitingMax else { return false }
            state.waiting += 1
            return true
        }
        guard isAdmitted else { throw Unavailable(reason: "\(Self.waitingMax) questions wait for Keystone") }
        defer { state.withLock { $0.waiting -= 1 } }
        return try await pool.result(body).get()
    }

    // MARK: On a thread that may block

    /// The JSON of a thing; an empty object where there is none.
    ///
    /// - Parameter path: behind `/v3`, with its query.
    func get(_ path: String) throws(Unavailable) -> JSONValue {
        let answer = try call("GET", path, fields: [])
        switch answer.status {
        case 200:
            guard let json = try? JSONValue(parsing: answer.body) else {
                throw Unavailable(reason: "Keystone's answer to \(path) is no JSON")
            }
            return json
        case 404: return [:]
        case 401, 403: throw Unavailable(reason: "Keystone refuses \(path) to '\(options.username)': \(answer.status)")
        default: throw Unavailable(reason: "Keystone answered \(answer.status) to \(path)")
        }
    }

    /// A list of things of one kind.
    func list(_ kind: String, _ query: [(String, String)]) throws(Unavailable) -> [JSONValue] {
        let text = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        guard let list = try get("/\(kind)" + (text.isEmpty ? "" : "?\(text)"))[kind]?.array else {
            throw Unavailable(reason: "Keystone has no list of \(kind)")
        }
        return list
    }

    /// A value as it may stand in a path or a query.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let isPlain =
                byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
            escaped += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return escaped
    }

    /// One call with the service user's token. 401 and 403 are answers only if they come to a new token as well: the old
    /// one may have been revoked.
    func call(_ method: String, _ path: String, fields: [String]) throws(Unavailable) -> ServiceCall.Answer {
        func answer(to own: String) throws(Unavailable) -> ServiceCall.Answer {
            try perform(
                ServiceCall(method, options.v3 + path, fields: ["X-Auth-Token: \(own)", Self.accept] + fields))
        }
        let own = try token(otherThan: nil)
        let first = try answer(to: own)
        guard first.status == 401 || first.status == 403 else { return first }
        return try answer(to: token(otherThan: own))
    }

    /// One call with a user's own token, which was validated.
    func call(_ method: String, _ path: String, as token: String) throws(Unavailable) -> ServiceCall.Answer {
        try perform(ServiceCall(method, options.v3 + path, fields: ["X-Auth-Token: \(token)", Self.accept]))
    }

    private static let accept = "Accept: application/json"

    /// The service user's token, made where there is none but the one that was refused.
    ///
    /// Who finds none while another logs in waits for the outcome, and has it as well: Keystone is not asked by each, one after
    /// the other.
    private func token(otherThan refused: String?) throws(Unavailable) -> String {
        func known() -> String? { state.withLock { $0.token == refused ? nil : $0.token } }
        let loginsBefore = state.withLock { $0.logins }
        if let token = known() { return token }
        return try login.withLock { _ throws(Unavailable) in
            if let token = known() { return token }
            let (logins, failure) = state.withLock { ($0.logins, $0.loginFailure) }
            if logins != loginsBefore, let failure { throw failure }
            do throws(Unavailable) {
                let token = try logIn()
                state.withLock { $0.ended(.success(token)) }
                return token
            } catch {
                state.withLock { $0.ended(.failure(error)) }
                throw error
            }
        }
    }

    private func logIn() throws(Unavailable) -> String {
        let answer = try perform(
            ServiceCall(
                "POST", options.v3 + "/auth/tokens?nocatalog", fields: ["Content-Type: application/json", Self.accept],
                body: options.login.serialized))
        guard answer.status == 201, let token = answer["x-subject-token"] else {
            throw Unavailable(
                reason: "Keystone does not let the service user '\(options.username)' in: \(answer.status)")
        }
        return token
    }

    private func perform(_ call: ServiceCall) throws(Unavailable) -> ServiceCall.Answer {
        do throws(ServiceCall.Failure) {
            return try call.perform(options.call)
        } catch {
            throw Unavailable(reason: "Keystone can't be reached: \(error)")
        }
    }
}

extension KeystoneOptions {
    /// The body by which the service user logs in.
    var login: JSONValue {
        func domain(_ id: String?, _ name: String?) -> JSONValue {
            if id == nil, let name { return ["name": .string(name)] }
            return ["id": .string(id ?? "default")]
        }
        let scope: JSONValue =
            systemScope
            ? ["system": ["all": .bool(true)]]
            : [
                "project": [
                    "name": .string(projectName), "domain": domain(projectDomainID, projectDomainName),
                ]
            ]
        return [
            "auth": [
                "identity": [
                    "methods": .array([.string("password")]),
                    "password": [
                        "user": [
                            "name": .string(username), "password": .string(password),
                            "domain": domain(userDomainID, userDomainName),
                        ]
                    ],
                ],
                "scope": scope,
            ]
        ]
    }
}
