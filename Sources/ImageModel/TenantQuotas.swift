import JSONText

/// What of a tenant's use is bounded, under the names that Glance's limits have in Keystone.
public enum QuotaName: String, CaseIterable, Sendable {
    /// Images that are not deleted.
    case imageCountTotal = "image_count_total"
    /// MiB of images' data in our store, with what running uploads may still write.
    case imageSizeTotal = "image_size_total"
    /// MiB that wait to be imported, with what running uploads of such may still write.
    case imageStageTotal = "image_stage_total"
    /// Uploads that run.
    case imageCountUploading = "image_count_uploading"

    /// Whether a limit is a number of MiB, and what is used is counted in bytes.
    public var isSize: Bool { self == .imageSizeTotal || self == .imageStageTotal }
}

/// Limits of a tenant: what the configuration says for all, or what was set for one. Sizes in MiB; -1 is without limit,
/// and nil says nothing.
public struct TenantQuotas: JSONCoding, Equatable {
    /// The largest limit: as many MiB are still a number of bytes.
    public static let limitMax: Int64 = 1 << 42

    private var imageCountTotal: Int64?
    private var imageSizeTotal: Int64?
    private var imageStageTotal: Int64?
    private var imageCountUploading: Int64?
    /// Whether they count whatever is set for the tenant alone.
    public var isFinal = false

    /// Says nothing.
    public init() {}

    public subscript(name: QuotaName) -> Int64? {
        get {
            switch name {
            case .imageCountTotal: imageCountTotal
            case .imageSizeTotal: imageSizeTotal
            case .imageStageTotal: imageStageTotal
            case .imageCountUploading: imageCountUploading
            }
        }
        set {
            switch name {
            case .imageCountTotal: imageCountTotal = newValue
            case .imageSizeTotal: imageSizeTotal = newValue
            case .imageStageTotal: imageStageTotal = newValue
            case .imageCountUploading: imageCountUploading = newValue
            }
        }
    }

    /// Whether it says nothing at all.
    public var isEmpty: Bool { self == TenantQuotas() }
    /// Whether anything has a limit.
    public var isLimited: Bool { QuotaName.allCases.contains { limit($0) != nil } }
    /// Whether every limit is -1 to `limitMax`.
    public var isValid: Bool {
        QuotaName.allCases.allSatisfy { name in self[name].map { (-1...Self.limitMax).contains($0) } ?? true }
    }

    /// A limit in bytes, or a count; nil where there is none.
    public func limit(_ name: QuotaName) -> Int64? {
        guard let limit = self[name], limit >= 0 else { return nil }
        return name.isSize ? limit << 20 : limit
    }

    /// These where they say something, the others where they don't; the others alone where they are final.
    public func overriding(_ defaults: TenantQuotas) -> TenantQuotas {
        if defaults.isFinal { return defaults }
        var result = defaults
        for name in QuotaName.allCases { result[name] = self[name] ?? defaults[name] }
        return result
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard json.object != nil else { throw JSONShapeError(member: "quotas") }
        for name in QuotaName.allCases { self[name] = try json.optionalNumber(name.rawValue) }
        isFinal = try json.optionalFlag("final") ?? false
        guard isValid else { throw JSONShapeError(member: "quotas") }
    }

    public var json: JSONValue {
        var object = JSONObject()
        for name in QuotaName.allCases {
            if let limit = self[name] { object.append(name.rawValue, .int(limit)) }
        }
        if isFinal { object.append("final", .bool(true)) }
        return .object(object)
    }
}

extension JSONValue {
    /// The member `quotas`. One that is absent is refused: it would mean "no limit".
    func quotas() throws(JSONShapeError) -> TenantQuotas {
        guard let quotas = self["quotas"] else { throw JSONShapeError(member: "quotas") }
        return try TenantQuotas(json: quotas)
    }
}

/// Sets limits of one tenant, and takes others away: those of the configuration count again.
public struct SetQuotas: RegistryOperation {
    /// What is set for the tenant afterwards.
    public typealias Answer = TenantQuotas
    public static let name = "set-quotas"
    public static let isIdempotent = true

    public var owner: String
    /// Limits to set; where they say nothing, what stands there stays.
    public var limits: TenantQuotas
    /// Limits to take away.
    public var removed: [QuotaName]

    public init(owner: String, limits: TenantQuotas, removed: [QuotaName] = []) {
        self.owner = owner
        self.limits = limits
        self.removed = removed
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let limits = json["limits"] else { throw JSONShapeError(member: "limits") }
        self.init(
            owner: try json.text("owner"), limits: try TenantQuotas(json: limits), removed: try json.words("removed"))
    }

    public var json: JSONValue {
        ["owner": .string(owner), "limits": limits.json, "removed": removed.map(\.rawValue).json]
    }
}
