import ArgumentParser
import GlanceHTTP
import Registry
import Settings

extension PikeOptions {
    /// The settings in the words of the HTTP API of Glance's registry.
    ///
    /// - Throws: where the flavor is none.
    init(_ settings: RegistrySettings) throws {
        self.init()
        rows = PageRows(byDefault: settings.lists.pageSizeDefault, max: settings.lists.pageSizeMax)
        switch settings.identity {
        case .noauth: identity = .none
        case .fakeauth: identity = .fakeAuth
        case .trustedAuth: identity = .trustedAuth
        // A Pike installation names Keystone here as well. Nobody needs this API: glance-api asks in another way.
        case .keystone, .local: identity = .nobody
        case nil:
            throw ValidationError(
                "[paste_deploy] flavor is not known to glance-registry; expected (empty), noauth, fakeauth, "
                    + "trusted-auth, keystone or local")
        }
    }
}
