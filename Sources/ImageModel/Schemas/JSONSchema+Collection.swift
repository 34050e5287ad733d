import JSONText

extension JSONSchema {
    /// The schema of a list of items: `{<name>: [item, …], first, next, schema}`.
    ///
    /// - Parameters:
    ///   - isMap: whether the list is an object whose members are the items.
    ///   - hasPages: whether the list comes in pages, with links to the first and the next one.
    public static func collection(
        _ name: String, of item: JSONSchema, isMap: Bool = false, hasPages: Bool = true
    ) -> JSONSchema {
        var inner = JSONObject()
        for member in item.document.object?.members ?? [] where member.name != "definitions" {
            inner.append(member.name, member.value)
        }
        var properties = JSONObject()
        let items: JSONValue =
            isMap
            ? ["type": .string("object"), "additionalProperties": .object(inner)]
            : ["type": .string("array"), "items": .object(inner)]
        properties.append(name, items)
        for link in hasPages ? ["first", "next", "schema"] : ["schema"] {
            properties.append(link, ["type": .string("string")])
        }
        var links: [JSONValue] = hasPages ? [link("first", "{first}"), link("next", "{next}")] : []
        links.append(link("describedby", "{schema}"))
        var document = JSONObject()
        document.append("name", .string(name))
        document.append("properties", .object(properties))
        document.append("links", .array(links))
        // References look for them in the outermost document.
        if let definitions = item.document["definitions"] { document.append("definitions", definitions) }
        return JSONSchema(name: name, document: .object(document))
    }

    /// A link of a schema; the text in braces names the member of a document that holds the target.
    public static func link(_ relation: String, _ target: String) -> JSONValue {
        ["rel": .string(relation), "href": .string(target)]
    }
}
