import JSONText

/// Whether a tenant's quotas would let an upload of so many bytes begin now: `quotaExceeded` where they would not. Nothing
/// is reserved: what counts is asked when the bytes move.
public struct CheckRoom: RegistryOperation {
    public typealias Answer = Done
    public static let name = "check-room"
    public static let isIdempotent = true

    public var owner: String?
    public var bytes: Int64
    /// Bytes that one owner may store; nil for no limit.
    public var storageQuota: Int64?
    /// The limits of tenants for whom nothing else is set.
    public var quotas: TenantQuotas

    public init(owner: String?, bytes: Int64, storageQuota: Int64?, quotas: TenantQuotas) {
        self.owner = owner
        self.bytes = bytes
        self.storageQuota = storageQuota
        self.quotas = quotas
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            owner: try json.optionalText("owner"), bytes: try json.number("bytes"),
            storageQuota: try json.optionalNumber("storage_quota"), quotas: try json.quotas())
    }

    public var json: JSONValue {
        [
            "owner": JSONValue(owner), "bytes": .int(bytes), "storage_quota": JSONValue(storageQuota),
            "quotas": quotas.json,
        ]
    }
}
