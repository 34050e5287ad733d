/// One field's new value. Status, size of active data and digests move only through uploads, with one exception of
/// v1: an admin may correct size and checksum.
public enum ImageChange: Equatable, Sendable {
    case name(String?)
    case owner(String?)
    case visibility(Visibility)
    case isProtected(Bool)
    case isHidden(Bool)
    case diskFormat(String?)
    case containerFormat(String?)
    case minDisk(Int64)
    case minRAM(Int64)
    case size(Int64)
    case virtualSize(Int64?)
    case checksum(String?)
}

/// What an update does to an image: fields, properties and tags in one transaction.
public struct ImageChanges: Equatable, Sendable {
    public var fields: [ImageChange] = []
    /// Properties to set; others stay unless `replacesProperties`.
    public var properties: [ImageProperty] = []
    /// Properties to take away.
    public var removedProperties: [String] = []
    /// Properties that must stand before the change (v2's replace and remove).
    public var expectedProperties: [String] = []
    /// Properties that must not stand before the change (v2.0's add).
    public var unexpectedProperties: [String] = []
    /// v1's purge: the properties given become all that there are.
    public var replacesProperties = false
    /// The whole set of tags, where it changes.
    public var tags: [String]?

    public init() {}
}
