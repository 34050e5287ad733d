import ImageModel
import JSONText

/// The catalogue in v2's words. What is not set is left out.
enum MetadefDocument {
    private static let root = "/v2/metadefs/namespaces"
    static let schemas = "/v2/schemas/metadefs"

    static func path(_ namespace: String) -> String { "\(root)/\(namespace)" }

    /// A namespace by itself, or with parts behind it.
    static func namespace(_ namespace: MetadefNamespace, parts: JSONObject = JSONObject()) -> JSONValue {
        var json = JSONObject()
        json.append("namespace", .string(namespace.name))
        if let text = namespace.displayName { json.append("display_name", .string(text)) }
        if let text = namespace.description { json.append("description", .string(text)) }
        json.append("visibility", .string(namespace.visibility.rawValue))
        json.append("protected", .bool(namespace.isProtected))
        if let owner = namespace.owner { json.append("owner", .string(owner)) }
        json.append(namespace.createdAt, namespace.updatedAt)
        for member in parts.members { json.append(member.name, member.value) }
        json.append("self", .string(path(namespace.name)))
        json.append("schema", .string("\(schemas)/namespace"))
        return .object(json)
    }

    /// The parts that a list of namespaces shows.
    static func associations(_ definition: MetadefDefinition) -> JSONObject {
        var json = JSONObject()
        let associations = definition[.resourceType]
        if !associations.isEmpty {
            json.append("resource_type_associations", .array(associations.map(association)))
        }
        return json
    }

    /// All parts; what is prefixed for a type of resource has its properties under longer names.
    static func parts(_ definition: MetadefDefinition, prefix: String = "") -> JSONObject {
        var json = associations(definition)
        if !definition[.property].isEmpty {
            json.append("properties", properties(definition[.property], prefix: prefix))
        }
        if !definition[.object].isEmpty {
            let namespace = definition.namespace.name
            json.append("objects", .array(definition[.object].map { object($0, in: namespace, prefix: prefix) }))
        }
        if !definition[.tag].isEmpty { json.append("tags", .array(definition[.tag].map(tagName))) }
        return json
    }

    /// The parts of a namespace that was just made, as Glance answers with what it was sent: without times and links.
    static func newParts(_ definition: MetadefDefinition) -> JSONObject {
        var json = JSONObject()
        func append(_ name: String, _ kind: MetadefKind) {
            guard !definition[kind].isEmpty else { return }
            json.append(name, .array(definition[kind].map { .object(named($0)) }))
        }
        append("resource_type_associations", .resourceType)
        if !definition[.property].isEmpty { json.append("properties", properties(definition[.property])) }
        append("objects", .object)
        append("tags", .tag)
        return json
    }

    // MARK: Objects

    static func object(_ part: MetadefPart, in namespace: String, prefix: String = "") -> JSONValue {
        var json = JSONObject()
        json.append("name", .string(part.name))
        let required = part.details["required"]?.array ?? []
        json.append("required", .array(required.map { .string(prefix + ($0.string ?? "")) }))
        if let text = part.details["description"] { json.append("description", text) }
        var properties = JSONObject()
        for member in part.details["properties"]?.object?.members ?? [] {
            properties.append(prefix + member.name, member.value)
        }
        json.append("properties", .object(properties))
        append(links: part, in: namespace, to: &json)
        return .object(json)
    }

    /// An object that was just made or changed: with what it was sent with.
    static func newObject(_ part: MetadefPart, in namespace: String) -> JSONValue {
        var json = named(part)
        append(links: part, in: namespace, to: &json)
        return .object(json)
    }

    private static func append(links part: MetadefPart, in namespace: String, to json: inout JSONObject) {
        json.append(part.createdAt, part.updatedAt)
        json.append("self", .string("\(path(namespace))/objects/\(part.name)"))
        json.append("schema", .string("\(schemas)/object"))
    }

    // MARK: Properties

    static func property(_ part: MetadefPart) -> JSONValue { .object(named(part)) }

    static func properties(_ parts: [MetadefPart], prefix: String = "") -> JSONValue {
        var json = JSONObject()
        for part in parts { json.append(prefix + part.name, part.details) }
        return .object(json)
    }

    // MARK: Tags, associations, resource types

    static func tagName(_ part: MetadefPart) -> JSONValue { ["name": .string(part.name)] }

    /// A tag, or a resource type, with its times.
    static func timed(_ part: MetadefPart) -> JSONValue {
        var json = JSONObject()
        json.append("name", .string(part.name))
        json.append(part.createdAt, part.updatedAt)
        return .object(json)
    }

    static func association(_ part: MetadefPart) -> JSONValue {
        var json = named(part)
        json.append(part.createdAt, part.updatedAt)
        return .object(json)
    }

    private static func named(_ part: MetadefPart) -> JSONObject {
        var json = JSONObject()
        json.append("name", .string(part.name))
        for member in part.details.object?.members ?? [] { json.append(member.name, member.value) }
        return json
    }
}

extension JSONObject {
    fileprivate mutating func append(_ createdAt: Timestamp, _ updatedAt: Timestamp) {
        append("created_at", .string(createdAt.v2Text))
        append("updated_at", .string(updatedAt.v2Text))
    }
}
