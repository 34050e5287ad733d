import ImageModel

/// What a tenant is told of a quota that does not hold any more: its name, its limit and what is left.
struct QuotaText: CustomStringConvertible {
    /// Whether bytes are counted.
    let isSize: Bool
    let description: String

    /// - Parameters:
    ///   - quota: a `QuotaName`, or `storage`: all of an owner's bytes.
    ///   - limit: in bytes, or a count, as `used`.
    init(_ quota: String, limit: Int64, used: Int64) {
        isSize = QuotaName(rawValue: quota)?.isSize ?? true
        let name = quota == "storage" ? "user_storage_quota" : quota
        let unit = isSize ? " bytes" : ""
        description =
            "the limit of \(name) is \(limit)\(unit), \(used) are used or reserved, and \(max(0, limit - used)) are left"
    }
}
