/// The settings of glance-api, a struct for each section; those of `[DEFAULT]` by subject.
public struct APISettings: LoadableSettings {
    /// The name of the program, its file and its logs.
    public static let daemon = "glance-api"
    /// Both are often set up from one file.
    public static var otherPrograms: [any LoadableSettings.Type] { [RegistrySettings.self, ManageSettings.self] }

    /// `[DEFAULT]`: listening, and what a request may be like.
    public var server = Server()
    /// `[DEFAULT]`: the way to glance-registry.
    public var registry = RegistryClient()
    /// `[DEFAULT]`: who a caller is, and what that means.
    public var access = Access()
    /// `[DEFAULT]`: what is shown of images, and how they are deleted.
    public var images = Images()
    /// `[DEFAULT]` and `[quota]`: how much a tenant and an image may have.
    public var quota = Quota()
    /// `[DEFAULT]`: logs.
    public var log = LogSettings()
    /// `[paste_deploy]`.
    public var pasteDeploy = PasteDeploy()
    /// `[identity]`: the embedded identity.
    public var identity = Identity()
    /// `[keystone_authtoken]`: the Keystone that the flavor `keystone` asks.
    public var keystone = Keystone()
    /// `[oslo_policy]`, and property protections.
    public var policy = Policy()
    /// `[image_format]`.
    public var imageFormat = ImageFormat()
    /// `[glance_store]`.
    public var glanceStore = GlanceStore()
    /// `enabled_backends`, and the sections of the stores that it names.
    public var stores = Stores()
    /// `[import_filtering_opts]`: where copy_from may fetch from.
    public var importFiltering = ImportFiltering()
    /// `[image_import_opts]`: what a copy_from may cost.
    public var imageImport = ImageImport()
    /// `image_import_plugins`, `[image_conversion]` and `[inject_metadata_properties]`: what is done with imported data.
    public var importPlugins = ImportPlugins()
    /// `[cors]`.
    public var cors = CORS()
    /// `[healthcheck]`.
    public var healthcheck = Healthcheck()
    /// `[oslo_middleware]`.
    public var osloMiddleware = OsloMiddleware()

    /// Every option with its default.
    public init() {}

    /// The file with the secret that glance-registry asks for: by default beside the folder of the images.
    public var registrySecretPath: String {
        registry.secretFile ?? parentFolder(of: glanceStore.filesystemStoreDatadir) + "/registry.secret"
    }

    /// What `insecureIdentityProblem` says, and what is wrong with the stores and with the properties to inject.
    public var startProblems: [String] {
        [insecureIdentityProblem(), stores.problem, importPlugins.problem].compactMap { $0 }
    }

    /// Why the daemon must not listen with this flavor and this address; nil when it may.
    ///
    /// A flavor that lets a caller claim to be anybody is for this machine only, unless it is forced.
    public func insecureIdentityProblem() -> String? {
        let flavor = pasteDeploy.flavorText
        guard let identity = pasteDeploy.identity else {
            let known = IdentityFlavor.allCases.map(\.rawValue).joined(separator: ", ")
            return "\(flavor) is not known; expected (empty), \(known), each also with +caching or +cachemanagement, "
                + "or one that the paste file has a pipeline for"
        }
        if identity == .keystone, let problem = keystone.problem { return "\(flavor): \(problem)" }
        if !identity.isInsecure || access.isInsecureIdentityForced || isLoopback(host: server.bindHost) { return nil }
        return "\(flavor) lets every caller claim to be anybody, so bind_host has to be a loopback address "
            + "(127.0.0.1, ::1, localhost), not \(server.bindHost); "
            + "force_insecure_identity = true allows it on a network where everybody is trusted"
    }
}

/// The folder that a path lies in.
func parentFolder(of path: String) -> String {
    var parts = path.split(separator: "/")
    _ = parts.popLast()
    return parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
}
