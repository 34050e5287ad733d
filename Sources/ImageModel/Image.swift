import JSONText

/// An image's metadata: what both API versions show in their own words.
public struct Image: Equatable, Sendable {
    /// UUID-like text, as its creator sent it. Never used again, not after deletion either.
    public var id: String
    public var name: String?
    public var status: ImageStatus
    public var visibility: Visibility
    /// The tenant (project) it belongs to; nil for an ownerless image, which everybody sees and only an admin changes.
    public var owner: String?
    /// Whether deletion is refused.
    public var isProtected = false
    /// v2's `os_hidden`: left out of lists unless asked for.
    public var isHidden = false
    public var diskFormat: String?
    public var containerFormat: String?
    /// Bytes of data; nil while unknown (v1 shows 0).
    public var size: Int64?
    /// Bytes of the disk inside, where the format tells.
    public var virtualSize: Int64?
    /// MD5 of the data in hex.
    public var checksum: String?
    /// The name of the strong digest, such as `sha512`.
    public var hashAlgorithm: String?
    /// The strong digest of the data in hex.
    public var hashValue: String?
    /// GB of disk that a machine needs to boot it.
    public var minDisk: Int64 = 0
    /// MB of memory that a machine needs to boot it.
    public var minRAM: Int64 = 0
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    public var deletedAt: Timestamp?
    /// Custom properties, sorted by name.
    public var properties: [ImageProperty] = []
    public var tags: [String] = []
    /// Where the data lies; empty until there is some.
    public var locations: [ImageLocation] = []
    /// The asking tenant's own membership, where the image is shared with it.
    public var viewerMembership: ImageMember?

    /// A queued image of that owner, made now.
    public init(id: String, owner: String?, at now: Timestamp = .now) {
        self.id = id
        self.owner = owner
        status = .queued
        visibility = .shared
        createdAt = now
        updatedAt = now
    }

    /// Whether it is a tombstone, or one that waits for the scrubber.
    public var isDeleted: Bool { deletedAt != nil }

    /// v1's view of the visibility.
    public var isPublic: Bool { visibility == .public }
}

/// A custom property. v1 keeps an empty value as nil.
public struct ImageProperty: Equatable, Sendable {
    public var name: String
    public var value: String?

    public init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// A place where an image's data lies.
public struct ImageLocation: Equatable, Sendable {
    /// `file:///…` for our own store; an http(s) URL for external data.
    public var url: String
    /// The store's name in a deployment with several.
    public var store: String?
    /// What a client of v2 says about it: a JSON object.
    public var metadata: JSONValue

    public init(url: String, store: String? = nil, metadata: JSONValue = [:]) {
        self.url = url
        self.store = store
        self.metadata = metadata
    }
}

/// A tenant that an image is shared with.
public struct ImageMember: Equatable, Sendable {
    public var imageID: String
    /// The tenant's (project's) id.
    public var memberID: String
    /// v1: whether this member may share the image further.
    public var canShare: Bool
    /// v2: the member's own answer.
    public var status: MemberStatus
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    public init(
        imageID: String, memberID: String, canShare: Bool = false, status: MemberStatus = .pending,
        createdAt: Timestamp = .now, updatedAt: Timestamp = .now
    ) {
        self.imageID = imageID
        self.memberID = memberID
        self.canShare = canShare
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
