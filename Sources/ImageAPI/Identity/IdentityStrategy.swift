import GlanceHTTP
import HTTPServer

/// Finds out who sent a request: one strategy a flavor.
public protocol IdentityStrategy: Sendable {
    /// - Throws: 401 where the request has no identity that counts.
    func caller(for request: Request) async throws(APIError) -> Caller
}

/// The `flavor` of `[paste_deploy]`: which identity strategy, and which stages beside it.
public struct IdentityFlavor: Equatable, Sendable {
    /// Where callers come from.
    public enum Source: Equatable, Sendable {
        /// `""` or `noauth`: everybody is an admin without a project.
        case none
        /// Tokens of the form `user:tenant:role,role`.
        case fakeAuth
        /// Identity headers are believed as they come.
        case trustedAuth
        /// The embedded identity.
        case local
        /// Keystone validates tokens.
        case keystone
    }

    /// Where this flavor's callers come from.
    public let source: Source

    /// Reads a flavor; `+caching` and `+cachemanagement` may follow the identity or stand alone.
    ///
    /// - Throws: `UnknownFlavor`.
    public init(_ flavor: String) throws(UnknownFlavor) {
        var parts = flavor.lowercased().split(separator: "+").map(String.init)
        parts.removeAll { $0 == "caching" || $0 == "cachemanagement" }
        guard parts.count <= 1 else { throw UnknownFlavor(flavor: flavor) }
        switch parts.first ?? "" {
        case "", "noauth": source = .none
        case "fakeauth": source = .fakeAuth
        case "trusted-auth": source = .trustedAuth
        case "local": source = .local
        case "keystone": source = .keystone
        default: throw UnknownFlavor(flavor: flavor)
        }
    }

    /// The strategy of this flavor.
    ///
    /// - Parameters:
    ///   - local: the embedded identity; the flavor `local` can't do without.
    ///   - keystone: the way to Keystone; the flavor `keystone` can't do without.
    func strategy(
        _ options: ImageAPIOptions, local: LocalIdentity?, keystone: KeystoneValidator?
    ) -> any IdentityStrategy {
        switch source {
        case .none: return NoAuth(options: options)
        case .fakeAuth: return FakeAuth(options: options)
        case .trustedAuth: return TrustedAuth(options: options)
        case .local:
            guard let local else { preconditionFailure("the flavor local is set up without an identity") }
            return LocalAuth(identity: local, options: options)
        case .keystone:
            guard let keystone else { preconditionFailure("the flavor keystone is set up without a Keystone") }
            return KeystoneAuth(validator: keystone, options: options)
        }
    }
}

/// A flavor that there is not, or not yet.
public struct UnknownFlavor: Error, Equatable, CustomStringConvertible {
    /// As it stands in the configuration.
    public let flavor: String

    /// The flavor, and those that there are.
    public var description: String {
        "flavor '\(flavor)' of [paste_deploy] is not known: there are '' (noauth), fakeauth, trusted-auth, local and keystone"
    }
}
