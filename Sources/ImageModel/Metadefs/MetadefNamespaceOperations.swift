import JSONText

/// A page of the namespaces that the viewer may see, each with its associations. A marker that the viewer does not see
/// is `invalidMarker`.
public struct ListMetadefNamespaces: RegistryOperation {
    public typealias Answer = MetadefDefinitions
    public static let name = "list-metadef-namespaces"
    public static let isIdempotent = true

    /// What a list may be sorted by, in the API's words. Equal ones stand in the order in which they were made.
    public enum SortKey: String, CaseIterable, Sendable {
        case namespace, description, visibility, protected, owner, id
        case displayName = "display_name"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    public var viewer: Viewer
    public var visibility: MetadefVisibility?
    /// Those associated with any of these; nil: all.
    public var resourceTypes: [String]?
    public var sortKey = SortKey.createdAt
    public var isAscending = false
    /// The name of the last namespace of the page before.
    public var marker: String?
    /// Namespaces of the page.
    public var limit: Int

    public init(viewer: Viewer, limit: Int) {
        self.viewer = viewer
        self.limit = limit
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(viewer: try json.viewer, limit: Int(clamping: try json.number("limit")))
        visibility = try json.optionalWord("visibility")
        if let types = json["resource_types"], types != .null { resourceTypes = try json.texts("resource_types") }
        sortKey = try json.word("sort_key")
        isAscending = try json.flag("ascending")
        marker = try json.optionalText("marker")
    }

    public var json: JSONValue {
        [
            "viewer": viewer.json, "visibility": JSONValue(visibility?.rawValue),
            "resource_types": resourceTypes.map(\.json) ?? .null, "sort_key": .string(sortKey.rawValue),
            "ascending": .bool(isAscending), "marker": JSONValue(marker), "limit": .int(Int64(limit)),
        ]
    }
}

/// One namespace with all that it defines; `notFound` where the viewer may not see it.
public struct GetMetadefNamespace: RegistryOperation {
    public typealias Answer = MetadefDefinition
    public static let name = "get-metadef-namespace"
    public static let isIdempotent = true

    public var namespace: String
    public var viewer: Viewer

    public init(namespace: String, viewer: Viewer) {
        self.namespace = namespace
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(namespace: try json.text("namespace"), viewer: try json.viewer)
    }

    public var json: JSONValue { ["namespace": .string(namespace), "viewer": viewer.json] }
}

/// Makes a namespace with all its parts, or nothing: `duplicate` where a name is taken. Who may is the caller's to
/// know.
public struct CreateMetadefNamespace: RegistryOperation {
    /// As it stands then.
    public typealias Answer = MetadefDefinition
    public static let name = "create-metadef-namespace"
    public static let isIdempotent = false

    public var definition: MetadefDefinition

    public init(definition: MetadefDefinition) { self.definition = definition }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let definition = json["definition"] else { throw JSONShapeError(member: "definition") }
        self.init(definition: try MetadefDefinition(json: definition))
    }

    public var json: JSONValue { ["definition": definition.json] }
}

/// Replaces what a namespace says of itself, its name perhaps (`duplicate`); its parts stay. Who may is the caller's to
/// know; `notFound` where the viewer does not see it.
public struct UpdateMetadefNamespace: RegistryOperation {
    public typealias Answer = MetadefNamespace
    public static let name = "update-metadef-namespace"
    public static let isIdempotent = false

    /// The name up to now.
    public var namespace: String
    public var replacement: MetadefNamespace
    public var viewer: Viewer

    public init(namespace: String, replacement: MetadefNamespace, viewer: Viewer) {
        self.namespace = namespace
        self.replacement = replacement
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let replacement = json["replacement"] else { throw JSONShapeError(member: "replacement") }
        self.init(
            namespace: try json.text("namespace"), replacement: try MetadefNamespace(json: replacement),
            viewer: try json.viewer)
    }

    public var json: JSONValue {
        ["namespace": .string(namespace), "replacement": replacement.json, "viewer": viewer.json]
    }
}

/// Removes a namespace with all its parts; `protected` where it is. Who may is the caller's to know; `notFound` where
/// the viewer does not see it.
public struct DeleteMetadefNamespace: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-metadef-namespace"
    public static let isIdempotent = false

    public var namespace: String
    public var viewer: Viewer

    public init(namespace: String, viewer: Viewer) {
        self.namespace = namespace
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(namespace: try json.text("namespace"), viewer: try json.viewer)
    }

    public var json: JSONValue { ["namespace": .string(namespace), "viewer": viewer.json] }
}

/// Every resource type that was ever associated with a namespace, as parts without details.
public struct ListMetadefResourceTypes: RegistryOperation {
    public typealias Answer = MetadefParts
    public static let name = "list-metadef-resource-types"
    public static let isIdempotent = true

    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}

extension JSONValue {
    var viewer: Viewer {
        get throws(JSONShapeError) {
            guard let viewer = self["viewer"] else { throw JSONShapeError(member: "viewer") }
            return try Viewer(json: viewer)
        }
    }
}
