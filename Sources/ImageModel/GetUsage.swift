import JSONText

/// What a tenant uses, as quotas count it.
public struct GetUsage: RegistryOperation {
    public static let name = "get-usage"
    public static let isIdempotent = true

    /// nil asks for what belongs to nobody.
    public var owner: String?

    public init(owner: String?) { self.owner = owner }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard json.object != nil else { throw JSONShapeError(member: "owner") }
        owner = try json.optionalText("owner")
    }

    public var json: JSONValue { ["owner": JSONValue(owner)] }

    /// The tenant's row in the ledger.
    public struct Answer: JSONCoding, Equatable {
        /// Images that are not deleted.
        public var images: Int64 = 0
        /// Bytes stored, and those that running uploads may still write.
        public var bytesStored: Int64 = 0
        /// Bytes that wait to be imported, and those that running uploads of such may still write.
        public var bytesStaged: Int64 = 0
        public var uploads: Int64 = 0
        /// What is set for this tenant alone.
        public var quotas = TenantQuotas()

        public init() {}

        public init(json: JSONValue) throws(JSONShapeError) {
            images = try json.number("images")
            bytesStored = try json.number("bytes_stored")
            bytesStaged = try json.number("bytes_staged")
            uploads = try json.number("uploads")
            quotas = try json.quotas()
        }

        public var json: JSONValue {
            [
                "images": .int(images), "bytes_stored": .int(bytesStored), "bytes_staged": .int(bytesStaged),
                "uploads": .int(uploads), "quotas": quotas.json,
            ]
        }
    }
}
