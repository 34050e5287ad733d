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
    /// The whole list of locations, where it changes.
    public var locations: LocationChanges?

    public init() {}
}

/// What an update does to the places where an image's data lies. A queued image becomes active by it.
public struct LocationChanges: Equatable, Sendable {
    /// The URLs before, in order: what the change was judged by.
    public var before: [String]
    /// All that there are afterwards, in order; one whose URL was not there is an http(s) URL outside.
    public var after: [ImageLocation]
    /// Bytes of the data, where a queued image becomes active.
    public var size: Int64?
    /// The digests of the data as a client knows them, where a queued image becomes active.
    public var checksum: String?
    public var hashAlgorithm: String?
    public var hashValue: String?

    public init(before: [String], after: [ImageLocation]) {
        self.before = before
        self.after = after
    }
}
