import JSONText

/// Whom a namespace of metadata definitions is shown to beside its owner.
public enum MetadefVisibility: String, CaseIterable, Sendable {
    /// Everybody.
    case `public`
    /// The owner alone.
    case `private`
}

/// A namespace of metadata definitions by itself, without what it defines.
public struct MetadefNamespace: JSONCoding, Equatable {
    /// Unique in the whole catalogue.
    public var name: String
    public var displayName: String?
    public var description: String?
    public var visibility: MetadefVisibility
    /// Whether neither it nor any part of it may be deleted.
    public var isProtected: Bool
    public var owner: String?
    /// When the registry made it; it sets both times itself.
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    public init(
        name: String, displayName: String? = nil, description: String? = nil, visibility: MetadefVisibility = .private,
        isProtected: Bool = false, owner: String? = nil, createdAt: Timestamp = .now, updatedAt: Timestamp = .now
    ) {
        self.name = name
        self.displayName = displayName
        self.description = description
        self.visibility = visibility
        self.isProtected = isProtected
        self.owner = owner
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            name: try json.text("name"), displayName: try json.optionalText("display_name"),
            description: try json.optionalText("description"), visibility: try json.word("visibility"),
            isProtected: try json.flag("protected"), owner: try json.optionalText("owner"),
            createdAt: try json.timestamp("created_at"), updatedAt: try json.timestamp("updated_at"))
    }

    public var json: JSONValue {
        [
            "name": .string(name), "display_name": JSONValue(displayName), "description": JSONValue(description),
            "visibility": .string(visibility.rawValue), "protected": .bool(isProtected), "owner": JSONValue(owner),
            "created_at": .int(createdAt.microseconds), "updated_at": .int(updatedAt.microseconds),
        ]
    }

    /// Whether the viewer may know of it: the rule of Glance's catalogue. What lies in it is seen with it.
    public func isVisible(to viewer: Viewer) -> Bool {
        viewer.isAdmin || visibility == .public || owner == nil || owner == viewer.projectID
    }
}
