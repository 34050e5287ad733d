import Credentials
import GlanceHTTP
import ImageModel
import JSONText
import OutboundHTTP
import Posix
import Synchronization

/// Asks a Keystone v3 what tokens are good for, as a service user, and remembers the answers for a while.
public final class KeystoneValidator: Sendable {
    /// Answers that are remembered at the most.
    static let entriesMax = 10_000

    private struct State {
        var tokens: [TokenDigest: (token: KeystoneToken, until: Deadline)] = [:]
    }

    private let session: KeystoneSession
    private let state = Locked(State())
    private let questions = SharedQuestions<TokenDigest, KeystoneToken?, KeystoneSession.Unavailable>()

    /// - Parameter session: of a user whom Keystone lets validate tokens.
    public init(_ session: KeystoneSession) { self.session = session }

    var options: KeystoneOptions { session.options }

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
        let answer: KeystoneToken?
        do throws(KeystoneSession.Unavailable) {
            let ask = { @Sendable () async throws(KeystoneSession.Unavailable) in
                try await self.session.onThread { () throws(KeystoneSession.Unavailable) in
                    try self.ask(token, allowsExpired)
                }
            }
            // Who wants no answer of the past wants none that was asked for earlier, either.
            answer = try await options.cacheSeconds > 0 ? questions.answer(to: digest, ask) : ask()
        } catch {
            throw .keystoneUnavailable(error.reason)
        }
        guard let answer, allowsExpired || answer.expiresAt > Timestamp.now else { throw .unauthorized }
        keep(answer, digest)
        return answer
    }

    /// Where the catalogue of a token says that the Image API of a region is; nil where it says nothing of it.
    ///
    /// - Parameters:
    ///   - token: one that was validated.
    ///   - region: case does not count.
    ///   - interface: `public`, `internal` or `admin`.
    /// - Throws: 503 where Keystone can't be asked.
    func imageEndpoint(of token: String, region: String, interface: String) async throws(APIError) -> String? {
        let answer: ServiceCall.Answer
        do throws(KeystoneSession.Unavailable) {
            answer = try await session.onThread { [session] () throws(KeystoneSession.Unavailable) in
                try session.call("GET", "/auth/catalog", as: token)
            }
        } catch {
            throw .keystoneUnavailable(error.reason)
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

    /// nil: Keystone does not know the token, or no longer.
    private func ask(_ token: String, _ allowsExpired: Bool) throws(KeystoneSession.Unavailable) -> KeystoneToken? {
        let path = "/auth/tokens?nocatalog" + (allowsExpired ? "&allow_expired=1" : "")
        let answer = try session.call("GET", path, fields: ["X-Subject-Token: \(token)"])
        switch answer.status {
        case 200:
            guard let token = KeystoneToken(answer.body) else {
                throw KeystoneSession.Unavailable(reason: "Keystone's answer is no token")
            }
            return token
        case 404: return nil
        case 401, 403:
            throw KeystoneSession.Unavailable(
                reason: "Keystone lets the service user validate no token: \(answer.status)")
        default: throw KeystoneSession.Unavailable(reason: "Keystone answered \(answer.status)")
        }
    }
}
