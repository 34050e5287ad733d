/// `[paste_deploy]`: who a caller is taken for.
///
/// The pipelines of Glance are built in. A paste file counts only where the flavor does not say who a caller is: the
/// empty one, `caching` and `cachemanagement` alone, and those that are no words of ours. Then the filters of its
/// pipeline say it, and `flavor` becomes the word that means the same.
public struct PasteDeploy: Sendable {
    /// Glance's name of a pipeline, such as `keystone+caching`; see `identity` for what it means.
    @Setting("paste_deploy", "flavor", .string, default: "")
    public var flavor: String

    /// The paste file of the installation: relative to the folder of the first configuration file, and by default
    /// `glance-api-paste.ini` there. None is needed.
    @Setting("paste_deploy", "config_file", .optional(.word), default: nil)
    public var configFile: String?

    /// Where the flavor stands.
    private var origin: SettingOrigin?
    /// The flavor as it stands there and the pipeline that says what it means, when one has.
    private var judged: (flavor: String, by: SettingOrigin)?

    /// Every option with its default; while settings are loaded, the meaning of the flavor as well.
    public init() {
        guard let reader = SettingsReader.current else { return }
        origin = reader.origin(of: OptionName("paste_deploy", "flavor"))
        let name = configFile ?? "glance-api-paste.ini"
        let path = name.hasPrefix("/") ? name : reader.folder.map { "\($0)/\(name)" }
        guard let path, let file = PasteFile(reading: path) else { return }
        for problem in file.problems { reader.report(problem) }
        if let pipeline = file.pipeline(program: APISettings.daemon, flavor: flavor) { adopt(pipeline, reader) }
    }

    /// Takes over what a pipeline means, where the flavor leaves it open.
    private mutating func adopt(_ pipeline: PastePipeline, _ reader: SettingsReader) {
        func notice(_ text: String) {
            reader.report(SettingsNotice(kind: .ignored, origin: pipeline.origin, name: pipeline.name, text: text))
        }
        let words = FlavorWords(flavor)
        if let word = words?.identityWord {
            if pipeline.identity != word {
                notice("flavor = \(flavor) means \(word.rawValue) here, whatever the filters")
            }
            return
        }
        guard let identity = pipeline.identity else {
            let cause =
                pipeline.unknownFilters.isEmpty
                ? "no filter says who a caller is"
                : "who a caller is depends on filters that are not known here: \(pipeline.unknownFilters)"
            reader.report(SettingsProblem(pipeline.origin, name: pipeline.name, cause))
            return
        }
        if !pipeline.unknownFilters.isEmpty { notice("filters that are not known here: \(pipeline.unknownFilters)") }
        let meaning = FlavorWords(identity, isCacheManaged: pipeline.isCacheManaged)
        guard words?.identity != meaning.identity || words?.isCacheManaged != meaning.isCacheManaged else { return }
        judged = (flavor, pipeline.origin)
        flavor = meaning.text
    }

    /// The flavor and where it stands, for messages.
    var flavorText: String {
        let text = "[paste_deploy] flavor = \"\(escapingControls(String((judged?.flavor ?? flavor).prefix(80))))\""
        return (origin.map { "\($0): " } ?? "") + text + (judged.map { " (\(flavor) by \($0.by))" } ?? "")
    }

    /// The part of the flavor that says who a caller is; nil when it is no known one.
    ///
    /// `caching` and `cachemanagement` are accepted alone and behind a `+`.
    public var identity: IdentityFlavor? { FlavorWords(flavor)?.identity }

    /// Whether the flavor has the management of the cache in it.
    public var isCacheManaged: Bool { FlavorWords(flavor)?.isCacheManaged ?? false }
}

/// Where a caller's identity comes from.
public enum IdentityFlavor: String, Sendable, CaseIterable {
    /// Everybody is an admin: Glance's empty flavor, which has this name as well.
    case noauth
    /// The token is the identity: `user:tenant:role,role`.
    case fakeauth
    /// A proxy in front has put the identity into headers.
    case trustedAuth = "trusted-auth"
    /// Keystone validates the token.
    case keystone
    /// The embedded identity: its users, their passwords and tokens are in the registry.
    case local

    /// Whether a caller can claim to be anybody.
    public var isInsecure: Bool { self != .keystone && self != .local }
}

/// A flavor in words that are known here: an identity, then the cache; each may be missing.
struct FlavorWords {
    private static let caches = ["caching", "cachemanagement"]

    /// nil where the flavor does not name one.
    let identityWord: IdentityFlavor?
    let isCacheManaged: Bool

    var identity: IdentityFlavor { identityWord ?? .noauth }
    var text: String { identity.rawValue + (isCacheManaged ? "+cachemanagement" : "") }

    init(_ identity: IdentityFlavor, isCacheManaged: Bool) {
        identityWord = identity
        self.isCacheManaged = isCacheManaged
    }

    /// nil for a flavor with any other word in it.
    init?(_ flavor: String) {
        var parts = flavor.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { return nil }
        let cache = parts.last.flatMap { Self.caches.contains($0) ? $0 : nil }
        if cache != nil { parts.removeLast() }
        isCacheManaged = cache == "cachemanagement"
        guard let word = parts.first, !flavor.isEmpty else {
            identityWord = nil
            return
        }
        guard parts.count == 1, let identity = IdentityFlavor(rawValue: word) else { return nil }
        identityWord = identity
    }
}
