/// A page of a list as a client asked for it, in the words of neither API version.
public struct ImageQuery: Equatable, Sendable {
    public var viewer: Viewer
    public var scope: Scope = .asUser
    /// Which of the images shared with the viewer count; nil for all (v1 ignores the answer of a member).
    public var memberStatus: MemberStatus?
    /// All of them must hold.
    public var filters: [Filter] = []
    /// Changed after this moment; it brings deleted and killed images in as well, of other tenants for admins only (v1).
    public var changesSince: Timestamp?
    /// true: deleted images alone; false: none, with `changesSince` neither. nil: as `changesSince` says. Deleted images
    /// of other tenants are for admins only (Glance's registry).
    public var isDeleted: Bool?
    /// nil: hidden images as well.
    public var isHidden: Bool?
    /// Ties go by creation time and id, both in the direction of the last key.
    public var sort: [Sort] = [Sort(key: .createdAt, direction: .descending)]
    /// The last image of the page before.
    public var marker: String?
    /// Rows of one page at the most, whatever is asked for.
    public static let rowsMax = 10_000
    /// Filters of one list at the most, those within others counted too.
    public static let filtersMax = 100
    /// Rows at the most; 0 gives none.
    public var limit: Int

    public init(viewer: Viewer, limit: Int) {
        self.viewer = viewer
        self.limit = limit
    }

    /// Which images a list is drawn from.
    public enum Scope: Equatable, Sendable {
        /// The viewer's own, the public ones and those shared with it; what admins see by default in v1, too.
        case asUser
        /// Every project's images (admins: v1 `is_public=None`).
        case everything
        /// Every project's images that are not public (admins: v1 `is_public=False`).
        case nonPublic
        /// Those of one visibility among what the viewer may list.
        case visibility(Visibility)
        /// What the viewer may list of any visibility, the community images of others as well (v2 `visibility=all`).
        case all
        /// Every project's images, but for the community images of others (what admins see by default in v2).
        case everythingButCommunityOfOthers
    }

    /// A column that can be sorted by.
    public enum SortKey: String, CaseIterable, Sendable {
        case name, status, size, id
        case containerFormat = "container_format"
        case diskFormat = "disk_format"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// Up or down.
    public enum Direction: String, Sendable {
        case ascending = "asc"
        case descending = "desc"
    }

    /// One column of an order.
    public struct Sort: Equatable, Sendable {
        public var key: SortKey
        public var direction: Direction

        public init(key: SortKey, direction: Direction) {
            self.key = key
            self.direction = direction
        }
    }

    /// A text column that can be filtered by.
    public enum TextColumn: String, CaseIterable, Sendable {
        case name, id, status, owner, checksum
        case containerFormat = "container_format"
        case diskFormat = "disk_format"
        case hashAlgorithm = "os_hash_algo"
        case hashValue = "os_hash_value"
    }

    /// A number column that can be filtered by.
    public enum NumberColumn: String, CaseIterable, Sendable {
        /// Bytes; what is not known yet counts as 0, as v1 shows it.
        case size
        /// Bytes; what is not known yet compares with nothing (v2).
        case knownSize = "known_size"
        case virtualSize = "virtual_size"
        case minDisk = "min_disk"
        case minRAM = "min_ram"
    }

    /// How a number or a moment is compared with the column.
    public enum Comparison: String, CaseIterable, Sendable {
        case equal = "eq"
        case notEqual = "neq"
        case greater = "gt"
        case greaterOrEqual = "gte"
        case less = "lt"
        case lessOrEqual = "lte"
    }

    /// A column of moments that can be filtered by.
    public enum TimeColumn: String, CaseIterable, Sendable {
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// One condition.
    public indirect enum Filter: Equatable, Sendable {
        /// The column equals one of the values; no value matches nothing.
        case text(TextColumn, isIn: [String])
        case number(NumberColumn, Comparison, Int64)
        case time(TimeColumn, Comparison, Timestamp)
        case isProtected(Bool)
        case property(name: String, value: String)
        case tag(String)
        /// One of them holds; none matches nothing.
        case any([Filter])
    }
}

extension [ImageQuery.Filter] {
    /// How many there are, those within others counted too.
    public var countOfAll: Int {
        reduce(0) { sum, filter in
            if case .any(let alternatives) = filter { sum + 1 + alternatives.countOfAll } else { sum + 1 }
        }
    }
}
