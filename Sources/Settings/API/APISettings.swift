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
    /// `[DEFAULT]`: the cache of images.
    public var cache = Cache()
    /// `[DEFAULT]`: logs.
    public var log = LogSettings()
    /// `[paste_deploy]`.
    public var pasteDeploy = PasteDeploy()
    /// `[identity]`: the embedded identity.
    public var identity = Identity()
    /// `[keystone_authtoken]`: the Keystone that the flavor `keystone` asks.
    public var keystone = Keystone()
    /// `[oslo_limit]`: the Keystone whose unified limits count, with `use_keystone_limits`.
    public var limits = Limits()
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
    /// `[image_import_opts]`: what a copy may cost, and the ways to its sources.
    public var imageImport = ImageImport()
    /// `glance-download`: other Glances.
    public var glanceDownload = GlanceDownload()
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

    /// What `insecureIdentityProblem` says, and what is wrong with stores, sources, plugins and Keystone's limits.
    public var startProblems: [String] {
        [
            insecureIdentityProblem(), stores.problem, glanceDownload.problem, fileFolderProblem, importPlugins.problem,
            limits.problem(of: pasteDeploy.identity),
        ].compactMap { $0 }
    }

    /// Files to import and files of the store must not be mixed up: each client could have any image as its own.
    private var fileFolderProblem: String? {
        let stored = [glanceStore.filesystemStoreDatadir] + stores.sections.map(\.folder)
        for folder in imageImport.fileFolders {
            for store in stored where !store.isEmpty {
                guard lies(folder, in: store) || lies(store, in: folder) else { continue }
                return "[image_import_opts] file_source_dirs: \(folder) and the folder of the images, \(store), overlap"
            }
        }
        return nil
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

/// Whether a path is a folder or beneath it, going by the names alone.
private func lies(_ path: String, in folder: String) -> Bool {
    path.split(separator: "/").starts(with: folder.split(separator: "/"))
}

/// The folder that a path lies in.
func parentFolder(of path: String) -> String {
    var parts = path.split(separator: "/")
    _ = parts.popLast()
    return parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
}
