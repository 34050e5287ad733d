import ImageModel
import JSONText
import Testing

@Suite struct MetadefOperationTests {
    private static let definition: MetadefDefinition = {
        var definition = MetadefDefinition(
            namespace: MetadefNamespace(
                name: "n", displayName: "N", description: "d", visibility: .public, isProtected: true, owner: "o"))
        for kind in MetadefKind.allCases {
            definition[kind] = [MetadefPart(name: kind.rawValue, details: ["a": .int(1)])]
        }
        return definition
    }()

    private static let operations: [any RegistryOperation] = {
        let viewer = Viewer(projectID: "p", isAdmin: true)
        let place = MetadefPlace(namespace: "n", kind: .resourceType, viewer: viewer)
        let part = MetadefPart(name: "part", details: ["x": .array([.null])])
        var list = ListMetadefNamespaces(viewer: viewer, limit: 7)
        list.visibility = .private
        list.resourceTypes = ["a", "b"]
        list.sortKey = .displayName
        list.isAscending = true
        list.marker = "m"
        return [
            list, ListMetadefNamespaces(viewer: viewer, limit: 1), GetMetadefNamespace(namespace: "n", viewer: viewer),
            CreateMetadefNamespace(definition: definition),
            UpdateMetadefNamespace(namespace: "n", replacement: definition.namespace, viewer: viewer),
            DeleteMetadefNamespace(namespace: "n", viewer: viewer), ListMetadefResourceTypes(),
            ListMetadefParts(
                place: place, page: .init(sortKey: .updatedAt, isAscending: true, marker: "m", limit: 3)),
            ListMetadefParts(place: place), GetMetadefPart(place: place, part: "part"),
            AddMetadefParts(place: place, parts: [part], replacesAll: true),
            UpdateMetadefPart(place: place, part: "part", replacement: part),
            DeleteMetadefParts(place: place, part: "part"), DeleteMetadefParts(place: place),
        ]
    }()

    @Test("every operation comes back", arguments: Self.operations.indices)
    func roundTrip(index: Int) throws {
        try expectRoundTrip(Self.operations[index])
    }

    private func expectRoundTrip<Operation: RegistryOperation>(_ operation: Operation) throws {
        let back = try Operation(json: try JSONValue(parsing: operation.json.serialized))
        #expect(back.json == operation.json)
        // Every stored field, also one that was forgotten in both directions.
        #expect(String(reflecting: back) == String(reflecting: operation))
    }

    @Test func detailsAreAnObject() {
        let part: JSONValue = [
            "name": .string("p"), "details": .array([]), "created_at": .int(0), "updated_at": .int(0),
        ]
        #expect(throws: JSONShapeError.self) { try MetadefPart(json: part) }
    }
}
