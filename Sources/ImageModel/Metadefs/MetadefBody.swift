import JSONText

/// Why what a client or an operator wrote is no metadata definition.
public enum MetadefBodyError: Error, Equatable {
    /// It does not match a schema.
    case mismatch(schema: String, reason: String)
    /// It has a member that is the service's to set.
    case readOnly(String)
    /// Two of its parts have one name.
    case duplicate(MetadefKind, name: String)
    /// A text has a character beyond U+FFFF, or NUL.
    case character(isNUL: Bool)
}

extension MetadefDefinition {
    /// What a namespace's own schema leaves to the service.
    public static let readOnlyMembers = ["self", "schema", "created_at", "updated_at"]

    /// A namespace with its parts, as Glance's API takes it and as a definition file holds it.
    ///
    /// - Parameter owner: where the body names none.
    public init(body: JSONValue, owner: String?) throws(MetadefBodyError) {
        try body.refuse(Self.readOnlyMembers)
        try body.require(MetadefSchemas.namespace)
        let name = body["namespace"]?.string ?? ""
        try requireName(name, MetadefSchemas.namespace)
        self.init(
            namespace: MetadefNamespace(
                name: name, displayName: body["display_name"]?.string, description: body["description"]?.string,
                visibility: body["visibility"]?.string.flatMap(MetadefVisibility.init) ?? .private,
                isProtected: body["protected"]?.bool ?? false, owner: body["owner"]?.string ?? owner))
        self[.object] = try Self.parts(.object, body["objects"])
        self[.tag] = try Self.parts(.tag, body["tags"])
        self[.resourceType] = try Self.parts(.resourceType, body["resource_type_associations"])
        self[.property] = try propertySchemas(body["properties"]).map { name, details in
            MetadefPart(name: name, details: details)
        }
    }

    private static func parts(_ kind: MetadefKind, _ list: JSONValue?) throws(MetadefBodyError) -> [MetadefPart] {
        var parts: [MetadefPart] = []
        var keys: Set<String> = []
        for element in list?.array ?? [] {
            let part = try MetadefPart(kind, nested: element)
            guard keys.insert(kind.key(of: part.name)).inserted else {
                throw .duplicate(kind, name: part.name)
            }
            parts.append(part)
        }
        return parts
    }
}

extension MetadefPart {
    /// A part as the body of a request of its own.
    public init(_ kind: MetadefKind, body: JSONValue) throws(MetadefBodyError) {
        try body.refuse(kind == .object ? MetadefDefinition.readOnlyMembers : ["created_at", "updated_at"])
        try self.init(kind, nested: body)
    }

    /// A part as it stands in a namespace's body. What only the service sets is left out.
    fileprivate init(_ kind: MetadefKind, nested body: JSONValue) throws(MetadefBodyError) {
        try body.require(kind.schema)
        let name = body["name"]?.string ?? ""
        try requireName(name, kind.schema)
        var details = JSONObject()
        switch kind {
        case .object:
            for member in ["description", "required"] {
                if let value = body[member] { details.append(member, value) }
            }
            if let properties = body["properties"] {
                var schemas = JSONObject()
                for (name, schema) in try propertySchemas(properties) { schemas.append(name, schema) }
                details.append("properties", .object(schemas))
            }
        case .property:
            self.init(name: name, details: propertyDetails(body))
            return
        case .resourceType:
            for member in ["prefix", "properties_target"] {
                if let value = body[member] { details.append(member, value) }
            }
        case .tag: break
        }
        self.init(name: name, details: .object(details))
    }

    /// The tags of a request that sets many.
    public static func tags(body: JSONValue) throws(MetadefBodyError) -> [MetadefPart] {
        try body.refuse(["created_at", "updated_at"])
        try body.require(MetadefSchemas.newTags)
        var parts: [MetadefPart] = []
        // Two of one name are the registry's to refuse: with the older ones in view.
        for tag in body["tags"]?.array ?? [] { parts.append(try MetadefPart(.tag, nested: tag)) }
        return parts
    }
}

extension MetadefKind {
    /// What there is once of the kind in a namespace: a name; of a tag whatever its case is.
    public func key(of name: String) -> String { self == .tag ? name.lowercased() : name }

    fileprivate var schema: JSONSchema {
        switch self {
        case .object: MetadefSchemas.object
        case .property: MetadefSchemas.property
        case .tag: MetadefSchemas.tag
        case .resourceType: MetadefSchemas.resourceType
        }
    }
}

/// Properties by their names; of two with one name the last counts, as in Python's JSON.
private func propertySchemas(
    _ properties: JSONValue?
) throws(MetadefBodyError) -> [(name: String, details: JSONValue)] {
    let members = properties?.object?.members ?? []
    var last: [[UInt8]: Int] = [:]
    for (index, member) in members.enumerated() { last[Array(member.name.utf8)] = index }
    var schemas: [(name: String, details: JSONValue)] = []
    for (index, member) in members.enumerated() where last[Array(member.name.utf8)] == index {
        try requireName(member.name, MetadefSchemas.namedProperty)
        let schema = member.value
        var checked = JSONObject()
        // Glance's schema does not know it, but its definitions do.
        for part in schema.object?.members ?? [] where part.name != "confidential" {
            checked.append(part.name, part.value)
        }
        try JSONValue.object(checked).require(MetadefSchemas.namedProperty)
        schemas.append((member.name, propertyDetails(schema)))
    }
    return schemas
}

/// What is kept of a property's schema, in Glance's order and form: a default and the values of an enumeration are
/// texts.
private func propertyDetails(_ schema: JSONValue) -> JSONValue {
    var details = JSONObject()
    for name in [
        "type", "title", "description", "operators", "default", "readonly", "required", "minimum", "maximum", "enum",
        "pattern", "minLength", "maxLength", "confidential", "items", "uniqueItems", "minItems", "maxItems",
        "additionalItems",
    ] {
        guard let value = schema[name] else { continue }
        switch name {
        case "default": details.append(name, value.asText)
        case "enum": details.append(name, .array((value.array ?? []).map(\.asText)))
        case "items":
            var items = JSONObject()
            if let type = value["type"] { items.append("type", type) }
            if let values = value["enum"]?.array { items.append("enum", .array(values.map(\.asText))) }
            details.append(name, .object(items))
        default: details.append(name, value)
        }
    }
    return .object(details)
}

/// A name can be a part of a path.
private func requireName(_ name: String, _ schema: JSONSchema) throws(MetadefBodyError) {
    if name.isEmpty { throw .mismatch(schema: schema.name, reason: "'' should be non-empty") }
    guard name.unicodeScalars.count <= 80 else {
        throw .mismatch(schema: schema.name, reason: "\(JSONValue.string(name).pythonText) is too long")
    }
}

extension JSONValue {
    fileprivate func refuse(_ readOnlyMembers: [String]) throws(MetadefBodyError) {
        for name in readOnlyMembers where self[name] != nil { throw .readOnly(name) }
    }

    fileprivate func require(_ schema: JSONSchema) throws(MetadefBodyError) {
        if let reason = schema.mismatch(self) { throw .mismatch(schema: schema.name, reason: reason) }
        if let isNUL = hasBadCharacter { throw .character(isNUL: isNUL) }
    }

    /// Whether some text in it can't be kept, and why: true for a NUL, false for a character beyond U+FFFF.
    private var hasBadCharacter: Bool? {
        switch self {
        case .string(let text): text.badCharacter
        case .array(let elements): elements.lazy.compactMap(\.hasBadCharacter).first
        case .object(let object):
            object.members.lazy.compactMap { $0.name.badCharacter ?? $0.value.hasBadCharacter }.first
        case .null, .bool, .int, .double: nil
        }
    }

    /// As Python's `str` makes it of a scalar; null of anything else.
    fileprivate var asText: JSONValue {
        switch self {
        case .string: self
        case .bool, .int, .double: .string(pythonText)
        case .null, .array, .object: .null
        }
    }
}

extension String {
    fileprivate var badCharacter: Bool? {
        for scalar in unicodeScalars {
            if scalar.value == 0 { return true }
            if scalar.value > 0xFFFF { return false }
        }
        return nil
    }
}
