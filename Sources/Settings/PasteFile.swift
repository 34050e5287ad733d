import Glibc

/// A paste file: which filters a request went through, by the name of the flavor.
///
/// Only that is read. `[pipeline:NAME]` lists the filters and the application behind them, `[composite:NAME]` may put
/// a pipeline of another name at `/`, `[filter:NAME]` names the code of a filter.
struct PasteFile {
    /// Lines that cannot be understood.
    let problems: [SettingsProblem]
    private let entries: [OptionName: INIFile.Entry]

    /// Reads the file; nil when there is none. One that cannot be read is a problem.
    init?(reading path: String) {
        if access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR { return nil }
        self.init(INIFile(reading: path))
    }

    init(_ file: INIFile) {
        problems = file.problems
        entries = Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The pipeline of a program and a flavor: `glance-api`, `glance-api-keystone`.
    func pipeline(program: String, flavor: String) -> PastePipeline? {
        let name = flavor.isEmpty ? program : "\(program)-\(flavor)"
        let mounted = entries[OptionName("composite:\(name)", "/")]?.value
        let option = OptionName("pipeline:\(mounted ?? name)", "pipeline")
        guard let entry = entries[option] else { return nil }
        // The last one is the application.
        let filters = entry.value.split { $0.isWhitespace }.dropLast().map { name in
            PasteFilter(String(name), factory: factory(of: String(name)))
        }
        return PastePipeline(name: option, origin: entry.origin, filters: filters)
    }

    /// The code of a filter. In files of before 2012 the first of these names says it.
    private func factory(of filter: String) -> String? {
        ["glance.filter_factory", "paste.filter_factory", "use"].lazy
            .compactMap { entries[OptionName("filter:\(filter)", $0)]?.value }.first
    }
}

/// The filters of one pipeline.
struct PastePipeline {
    /// Its section and option.
    let name: OptionName
    /// Where it stands.
    let origin: SettingOrigin
    /// In the order in which a request meets them.
    let filters: [PasteFilter]

    /// Who a caller was behind these filters; nil when that cannot be told.
    var identity: IdentityFlavor? {
        let kinds = Set(filters.map(\.kind))
        if kinds.contains(.authToken) { return .keystone }
        if kinds.contains(.fakeAuth) { return .fakeauth }
        if kinds.contains(.unauthenticatedContext) { return .noauth }
        // Any unknown filter may be the one that proved who a caller was: believing the headers without it is no
        // substitute.
        return kinds.contains(.context) && !kinds.contains(.unknown) ? .trustedAuth : nil
    }

    /// Whether requests could manage the cache.
    var isCacheManaged: Bool { filters.contains { $0.kind == .cacheManagement } }

    /// The names of filters that are not Glance's, parted by commas.
    var unknownFilters: String {
        filters.filter { $0.kind == .unknown }.map(\.name).joined(separator: ", ")
    }
}

/// A filter, by what it said about the caller.
struct PasteFilter {
    /// What it was for.
    enum Kind {
        /// Validated the token with Keystone.
        case authToken
        /// Took the token for the identity.
        case fakeAuth
        /// Made everybody an admin.
        case unauthenticatedContext
        /// Believed the headers that stood there by then.
        case context
        /// Served the management of the cache.
        case cacheManagement
        /// Had nothing to do with identity.
        case plain
        /// Anybody's guess.
        case unknown
    }

    let name: String
    let kind: Kind

    /// - Parameter factory: the code that the filter's section names; without one its name has to do.
    init(_ name: String, factory: String?) {
        self.name = name
        let names = Self.names[name.lowercased()] ?? .unknown
        kind = factory.map { Self.kind(ofFactory: $0.lowercased()) } ?? names
    }

    private static let names: [String: Kind] = [
        "authtoken": .authToken, "fakeauth": .fakeAuth, "unauthenticated-context": .unauthenticatedContext,
        "context": .context, "cachemanage": .cacheManagement, "cache": .plain, "cors": .plain, "gzip": .plain,
        "healthcheck": .plain, "http_proxy_to_wsgi": .plain, "osprofiler": .plain, "request_id": .plain,
        "sizelimit": .plain, "ssl": .plain, "versionnegotiation": .plain,
    ]

    /// In order: the first part that a factory has in it counts.
    private static let factories: [(part: String, kind: Kind)] = [
        ("auth_token", .authToken), ("fakeauth", .fakeAuth),
        ("unauthenticatedcontextmiddleware", .unauthenticatedContext), ("contextmiddleware", .context),
        ("cachemanagefilter", .cacheManagement), ("glance.api.middleware.", .plain), ("glance.common.", .plain),
        ("oslo_middleware", .plain), ("oslo.middleware", .plain), ("osprofiler", .plain),
        ("keystonemiddleware.audit", .plain),
    ]

    private static func kind(ofFactory factory: String) -> Kind {
        factories.first { factory.contains($0.part) }?.kind ?? .unknown
    }
}
