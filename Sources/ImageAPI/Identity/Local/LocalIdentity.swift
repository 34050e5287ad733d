import Credentials
import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel
import JSONText
import Logging
import Posix

/// The embedded identity: users, projects and roles are in the registry; this checks passwords, tokens and API keys.
public final class LocalIdentity: Sendable {
    let registry: RegistryClient
    /// Seconds that a token counts.
    let tokenSeconds: Int
    /// The region's name in the catalogue.
    let region: String
    private let logger: Logger
    private let tokens = TokenCache()
    private let verified = VerifiedCredentials()
    private let attempts = LoginAttempts()
    let passwords: PasswordWork

    /// - Parameters:
    ///   - pool: for scrypt; its threads are the checks that run at once.
    ///   - tokenSeconds: that a token counts.
    ///   - region: the region's name in the catalogue.
    public init(
        registry: RegistryClient, pool: BlockingPool, tokenSeconds: Int = 14_400, region: String = "RegionOne",
        logger: Logger = Logger(label: "glance-api")
    ) {
        self.registry = registry
        self.tokenSeconds = tokenSeconds
        self.region = region
        self.logger = logger
        passwords = PasswordWork(pool: pool)
    }

    // MARK: Who asks

    /// Whom a request's token, or else its user name and password, stands for; nil where it has neither.
    ///
    /// - Throws: 401 where what it has is not good, or is there twice.
    func grant(for request: Request) async throws(APIError) -> TokenGrant? {
        let fields = request.head.fields
        let tokens = fields.values("x-auth-token")
        if let token = tokens.first, !token.isEmpty {
            guard tokens.count == 1 else { throw .unauthorized }
            return try await grant(ofToken: token, requestID: request.id)
        }
        let authorizations = fields.values("authorization")
        guard let authorization = authorizations.first else { return nil }
        guard authorizations.count == 1, let credentials = BasicCredentials(authorization) else { throw .unauthorized }
        return try await grant(of: credentials, request)
    }

    /// - Throws: 401 where the token is not, or no longer, good for anything.
    func grant(ofToken token: String, requestID: String) async throws(APIError) -> TokenGrant {
        guard token.utf8.count <= TokenDigest.tokenBytesMax else { throw .unauthorized }
        let digest = TokenDigest(of: token)
        if let grant = tokens.grant(of: digest) { return grant }
        let generation = tokens.generation
        do throws(RegistryFailure) {
            let grant = try await registry.perform(ValidateToken(digest: digest.text), requestID: requestID)
            tokens.keep(grant, of: digest, since: generation)
            return grant
        } catch {
            throw error == .notFound ? .unauthorized : APIError(identity: error)
        }
    }

    private func grant(of credentials: BasicCredentials, _ request: Request) async throws(APIError) -> TokenGrant {
        let key = verified.key(user: credentials.user, password: credentials.password)
        let reference = IdentityReference.name(credentials.user)
        if let entry = verified[key] {
            if !entry.freshUntil.isOver { return entry.grant }
            if let user = try await findUser(reference, request.id), user.passwordHash == entry.passwordHash,
                user.user.isEnabled
            {
                let grant = try await scope(user.user, .defaultProject, request.id)
                verified.refresh(key, grant: grant)
                return grant
            }
            verified.remove(key)
        }
        let user = try await authenticate(
            reference, password: credentials.password, peer: request.peer, requestID: request.id)
        let grant = try await scope(user.user, .defaultProject, request.id)
        if let hash = user.passwordHash { verified.keep(key, passwordHash: hash, grant: grant) }
        return grant
    }

    private func scope(
        _ user: IdentityUser, _ scope: TokenScope, _ requestID: String
    ) async throws(APIError) -> TokenGrant {
        do throws(RegistryFailure) {
            return try await registry.perform(GetGrant(userID: user.id, scope: scope), requestID: requestID)
        } catch {
            throw APIError(identity: error)
        }
    }

    private func findUser(_ user: IdentityReference, _ requestID: String) async throws(APIError) -> UserCredentials? {
        do throws(RegistryFailure) {
            return try await registry.perform(GetUser(user), requestID: requestID)
        } catch {
            if error == .notFound { return nil }
            throw APIError(identity: error)
        }
    }

    // MARK: Logging in

    /// Checks a user's password. A user that there is not, or that is disabled, costs the same and gets the same answer.
    ///
    /// - Throws: 401; 429 after too many failures; 503 where the registry is away or too many logins wait.
    func authenticate(
        _ reference: IdentityReference, password: String, peer: String, requestID: String
    ) async throws(APIError) -> UserCredentials {
        let found = try await findUser(reference, requestID)
        // Of a name that nobody has only the digest is kept: it may be long, or a password that was typed too early.
        let named = found?.user.id ?? TokenDigest(of: "\(reference)").text
        try await check(
            password, found?.passwordHash, of: LoginAttempts.Key(user: named, peer: peer),
            isOpen: found?.user.isEnabled == true, named: found?.user.id ?? "(unknown)", requestID: requestID)
        guard let found else { throw .unauthorized }
        return found
    }

    /// Checks a secret that a person may have chosen, and slows down who guesses.
    ///
    /// - Parameters:
    ///   - hash: nil where there is no such account; the check costs the same, and fails.
    ///   - isOpen: whether the account lets anybody in.
    private func check(
        _ password: String, _ hash: String?, of key: LoginAttempts.Key, isOpen: Bool, named: String, requestID: String
    ) async throws(APIError) {
        if let seconds = attempts.wait(key) { throw .loginBlocked(seconds: seconds) }
        let attempts = attempts
        let isRight = try await passwords.matches(password, hash) { attempts.wait(key) == nil }
        guard isRight, isOpen else {
            if let seconds = attempts.wait(key) { throw .loginBlocked(seconds: seconds) }
            attempts.failed(key)
            logger.info(
                "login refused",
                metadata: ["request_id": "\(requestID)", "user_id": "\(named)", "peer": "\(key.peer)"])
            throw .unauthorized
        }
        attempts.succeeded(key)
    }

    /// The API key, if the secret is its own.
    func authenticate(
        _ request: GetAPIKey, secret: String, peer: String, requestID: String
    ) async throws(APIError) -> APIKey {
        let found: APIKeyCredentials
        do throws(RegistryFailure) {
            found = try await registry.perform(request, requestID: requestID)
        } catch {
            throw error == .notFound ? .unauthorized : APIError(identity: error)
        }
        if PasswordHash.isText(found.secretDigest) {
            try await check(
                secret, found.secretDigest, of: LoginAttempts.Key(user: found.key.id, peer: peer), isOpen: true,
                named: found.key.userID, requestID: requestID)
        } else if !TokenDigest(of: secret).matches(found.secretDigest) {
            throw .unauthorized
        }
        return found.key
    }

    // MARK: Tokens

    /// Makes a token for who has proven to be that user.
    ///
    /// - Parameter expiresAt: at the latest; nil leaves it to the settings.
    /// - Throws: 401 where the user may not act in that scope.
    func issue(
        userID: String, _ scope: TokenScope, methods: [String], notAfter expiresAt: Timestamp? = nil,
        apiKeyID: String? = nil, requestID: String
    ) async throws(APIError) -> (token: String, grant: TokenGrant) {
        let token = SecretText.random()
        let usual = Timestamp(microseconds: Timestamp.now.microseconds + Int64(tokenSeconds) * 1_000_000)
        let operation = IssueToken(
            digest: TokenDigest(of: token).text, userID: userID, scope: scope, methods: methods,
            auditID: String(SecretText.random().prefix(22)), expiresAt: expiresAt.map { min($0, usual) } ?? usual,
            apiKeyID: apiKeyID)
        do throws(RegistryFailure) {
            return (token, try await registry.perform(operation, requestID: requestID))
        } catch {
            switch error {
            case .notFound, .forbidden: throw .unauthorized
            default: throw APIError(identity: error)
            }
        }
    }

    /// Ends a token, here at once.
    func revoke(_ token: String, requestID: String) async throws(APIError) {
        let digest = TokenDigest(of: token)
        tokens.remove(digest)
        do throws(RegistryFailure) {
            _ = try await registry.perform(RevokeToken(digest: digest.text), requestID: requestID)
        } catch {
            throw APIError(identity: error)
        }
        // Who asked meanwhile may have been told what is no longer so.
        tokens.remove(digest)
    }

    /// Forgets what tokens, names and passwords were good for: who there is has changed.
    func forgetAnswers() {
        tokens.removeAll()
        verified.expireAll()
    }
}
