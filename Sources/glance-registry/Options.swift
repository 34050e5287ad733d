import ArgumentParser
import GlanceHTTP
import Registry
import Settings

extension PikeOptions {
    /// The settings in the words of the HTTP API of Glance's registry.
    ///
    /// - Throws: where the flavor is none, or not there yet.
    init(_ settings: RegistrySettings) throws {
        self.init()
        rows = PageRows(byDefault: settings.lists.pageSizeDefault, max: settings.lists.pageSizeMax)
        switch settings.identity {
        case .noauth: identity = .none
        case .fakeauth: identity = .fakeAuth
        case .trustedAuth: identity = .trustedAuth
        case .keystone, .local:
            throw ValidationError(
                "[paste_deploy] flavor = \(settings.flavor) is not there yet in glance-registry: leave it empty, or trusted-auth; "
                    + "glance-api alone talks to it, with a secret of their own")
        case nil:
            throw ValidationError(
                "[paste_deploy] flavor is not known to glance-registry; expected (empty), noauth, fakeauth or "
                    + "trusted-auth")
        }
    }
}
