import JSONText

/// What a namespace consists of.
public enum MetadefKind: String, CaseIterable, Sendable {
    /// A group of properties with a name.
    case object
    /// A property with its JSON schema.
    case property
    case tag
    /// The association with a type of resource that the properties are meant for.
    case resourceType = "resource_type"
}

/// One object, property, tag or association of a namespace.
public struct MetadefPart: JSONCoding, Equatable {
    /// Unique among its kind in the namespace; of tags whatever their case is.
    public var name: String
    /// An object with what the kind has beside a name.
    public var details: JSONValue
    /// When the registry made it; it sets both times itself.
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    public init(
        name: String, details: JSONValue = [:], createdAt: Timestamp = .now, updatedAt: Timestamp = .now
    ) {
        self.name = name
        self.details = details
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let details = json["details"], details.object != nil else { throw JSONShapeError(member: "details") }
        self.init(
            name: try json.text("name"), details: details, createdAt: try json.timestamp("created_at"),
            updatedAt: try json.timestamp("updated_at"))
    }

    public var json: JSONValue {
        [
            "name": .string(name), "details": details, "created_at": .int(createdAt.microseconds),
            "updated_at": .int(updatedAt.microseconds),
        ]
    }
}

/// Parts of one kind.
public struct MetadefParts: JSONCoding, Equatable {
    public var parts: [MetadefPart]

    public init(parts: [MetadefPart]) { self.parts = parts }

    public init(json: JSONValue) throws(JSONShapeError) { parts = try json.list("parts") }

    public var json: JSONValue { ["parts": parts.json] }
}

/// A namespace with what it defines.
public struct MetadefDefinition: JSONCoding, Equatable {
    public var namespace: MetadefNamespace
    private var objects: [MetadefPart] = []
    private var properties: [MetadefPart] = []
    private var tags: [MetadefPart] = []
    private var resourceTypes: [MetadefPart] = []

    public init(namespace: MetadefNamespace) { self.namespace = namespace }

    /// The parts of one kind, in order.
    public subscript(kind: MetadefKind) -> [MetadefPart] {
        get { self[keyPath: Self.path(kind)] }
        set { self[keyPath: Self.path(kind)] = newValue }
    }

    private static func path(_ kind: MetadefKind) -> WritableKeyPath<MetadefDefinition, [MetadefPart]> {
        switch kind {
        case .object: \.objects
        case .property: \.properties
        case .tag: \.tags
        case .resourceType: \.resourceTypes
        }
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let namespace = json["namespace"] else { throw JSONShapeError(member: "namespace") }
        self.init(namespace: try MetadefNamespace(json: namespace))
        for kind in MetadefKind.allCases { self[kind] = try json.list(kind.rawValue) }
    }

    public var json: JSONValue {
        var object = JSONObject()
        object.append("namespace", namespace.json)
        for kind in MetadefKind.allCases { object.append(kind.rawValue, self[kind].json) }
        return .object(object)
    }
}

/// Several namespaces, each with what was asked for.
public struct MetadefDefinitions: JSONCoding, Equatable {
    public var definitions: [MetadefDefinition]

    public init(definitions: [MetadefDefinition]) { self.definitions = definitions }

    public init(json: JSONValue) throws(JSONShapeError) { definitions = try json.list("definitions") }

    public var json: JSONValue { ["definitions": definitions.json] }
}
