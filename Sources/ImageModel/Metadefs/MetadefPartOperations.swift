import JSONText

// What is done with the parts of a namespace. All are `notFound` where the viewer does not see the namespace; who may
// change it is the caller's to know.

/// Where parts lie, and who asks.
public struct MetadefPlace: JSONCoding, Equatable {
    public var namespace: String
    public var kind: MetadefKind
    public var viewer: Viewer

    public init(namespace: String, kind: MetadefKind, viewer: Viewer) {
        self.namespace = namespace
        self.kind = kind
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(namespace: try json.text("namespace"), kind: try json.word("kind"), viewer: try json.viewer)
    }

    public var json: JSONValue {
        ["namespace": .string(namespace), "kind": .string(kind.rawValue), "viewer": viewer.json]
    }
}

/// All parts of a kind in the order in which they were made (tags: the newest first), or a page of them. A marker that
/// is not there is `invalidMarker`.
public struct ListMetadefParts: RegistryOperation {
    public typealias Answer = MetadefParts
    public static let name = "list-metadef-parts"
    public static let isIdempotent = true

    /// A part of a list that is sorted by the client's choice.
    public struct Page: JSONCoding, Equatable {
        /// What a list may be sorted by, in the API's words.
        public enum SortKey: String, CaseIterable, Sendable {
            case name, id
            case createdAt = "created_at"
            case updatedAt = "updated_at"
        }

        public var sortKey: SortKey
        public var isAscending: Bool
        /// The name of the last part of the page before.
        public var marker: String?
        /// nil for no bound.
        public var limit: Int64?

        public init(
            sortKey: SortKey = .createdAt, isAscending: Bool = false, marker: String? = nil, limit: Int64? = nil
        ) {
            self.sortKey = sortKey
            self.isAscending = isAscending
            self.marker = marker
            self.limit = limit
        }

        public init(json: JSONValue) throws(JSONShapeError) {
            self.init(
                sortKey: try json.word("sort_key"), isAscending: try json.flag("ascending"),
                marker: try json.optionalText("marker"), limit: try json.optionalNumber("limit"))
        }

        public var json: JSONValue {
            [
                "sort_key": .string(sortKey.rawValue), "ascending": .bool(isAscending), "marker": JSONValue(marker),
                "limit": JSONValue(limit),
            ]
        }
    }

    public var place: MetadefPlace
    public var page: Page?

    public init(place: MetadefPlace, page: Page? = nil) {
        self.place = place
        self.page = page
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(place: try json.place, page: try json.optional("page"))
    }

    public var json: JSONValue { ["place": place.json, "page": page?.json ?? .null] }
}

/// One part.
public struct GetMetadefPart: RegistryOperation {
    public typealias Answer = MetadefPart
    public static let name = "get-metadef-part"
    public static let isIdempotent = true

    public var place: MetadefPlace
    public var part: String

    public init(place: MetadefPlace, part: String) {
        self.place = place
        self.part = part
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(place: try json.place, part: try json.text("part"))
    }

    public var json: JSONValue { ["place": place.json, "part": .string(part)] }
}

/// Adds parts, all or none: `duplicate` where a name is taken, among them or by an older one.
public struct AddMetadefParts: RegistryOperation {
    /// The new parts as they stand then.
    public typealias Answer = MetadefParts
    public static let name = "add-metadef-parts"
    public static let isIdempotent = false

    public var place: MetadefPlace
    public var parts: [MetadefPart]
    /// Whether those that were there go; an empty list replaces nothing, as in Glance.
    public var replacesAll: Bool

    public init(place: MetadefPlace, parts: [MetadefPart], replacesAll: Bool = false) {
        self.place = place
        self.parts = parts
        self.replacesAll = replacesAll
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(place: try json.place, parts: try json.list("parts"), replacesAll: try json.flag("replaces_all"))
    }

    public var json: JSONValue {
        ["place": place.json, "parts": parts.json, "replaces_all": .bool(replacesAll)]
    }
}

/// Replaces a part, its name perhaps (`duplicate`).
public struct UpdateMetadefPart: RegistryOperation {
    public typealias Answer = MetadefPart
    public static let name = "update-metadef-part"
    public static let isIdempotent = false

    public var place: MetadefPlace
    /// The name up to now.
    public var part: String
    public var replacement: MetadefPart

    public init(place: MetadefPlace, part: String, replacement: MetadefPart) {
        self.place = place
        self.part = part
        self.replacement = replacement
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let replacement = json["replacement"] else { throw JSONShapeError(member: "replacement") }
        self.init(
            place: try json.place, part: try json.text("part"), replacement: try MetadefPart(json: replacement))
    }

    public var json: JSONValue {
        ["place": place.json, "part": .string(part), "replacement": replacement.json]
    }
}

/// Removes one part, or all of a kind; `protected` where the namespace is.
public struct DeleteMetadefParts: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-metadef-parts"
    public static let isIdempotent = false

    public var place: MetadefPlace
    /// nil: all of them.
    public var part: String?

    public init(place: MetadefPlace, part: String? = nil) {
        self.place = place
        self.part = part
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(place: try json.place, part: try json.optionalText("part"))
    }

    public var json: JSONValue { ["place": place.json, "part": JSONValue(part)] }
}

extension JSONValue {
    fileprivate var place: MetadefPlace {
        get throws(JSONShapeError) {
            guard let place = self["place"] else { throw JSONShapeError(member: "place") }
            return try MetadefPlace(json: place)
        }
    }
}
