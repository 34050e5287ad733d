import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct MetadefPartTests {
    let test: TestDatabase

    init() throws {
        test = try TestDatabase()
        let namespace = MetadefNamespace(name: "n", visibility: .public)
        try test.perform(CreateMetadefNamespace(definition: MetadefDefinition(namespace: namespace)))
    }

    private func place(_ kind: MetadefKind) -> MetadefPlace {
        MetadefPlace(namespace: "n", kind: kind, viewer: .admin)
    }

    private func add(_ kind: MetadefKind, _ names: [String], replacing: Bool = false) -> RegistryFailure? {
        test.failure(
            of: AddMetadefParts(
                place: place(kind), parts: names.map { MetadefPart(name: $0) }, replacesAll: replacing))
    }

    private func names(_ kind: MetadefKind, _ page: ListMetadefParts.Page? = nil) throws -> [String] {
        try test.perform(ListMetadefParts(place: place(kind), page: page)).parts.map(\.name)
    }

    @Test("names are unique, tags in any case", arguments: MetadefKind.allCases)
    func unique(kind: MetadefKind) throws {
        #expect(add(kind, ["a", "b"]) == nil)
        #expect(add(kind, ["c", "a"]) == .duplicate)
        #expect(add(kind, ["A"]) == (kind == .tag ? .duplicate : nil))
        let expected = kind == .tag ? ["b", "a"] : ["a", "b", "A"]
        #expect(try names(kind) == expected)
        #expect(
            test.failure(
                of: UpdateMetadefPart(place: place(kind), part: "a", replacement: MetadefPart(name: "b")))
                == .duplicate)
        #expect(try names(kind) == expected)
    }

    @Test func tagsAreReplacedAllOrNone() throws {
        #expect(add(.tag, ["a", "b"]) == nil)
        #expect(add(.tag, ["b", "c"], replacing: true) == nil)
        #expect(try names(.tag) == ["c", "b"])
        #expect(add(.tag, ["d", "e", "D"], replacing: true) == .duplicate)
        #expect(try names(.tag) == ["c", "b"])
        #expect(add(.tag, [], replacing: true) == nil)
        #expect(try names(.tag) == ["c", "b"])
        // The kinds do not see each other.
        #expect(add(.object, ["b"]) == nil)
        try test.perform(DeleteMetadefParts(place: place(.tag)))
        #expect(try names(.tag) == [] && names(.object) == ["b"])
    }

    @Test func tagMayChangeItsCase() throws {
        #expect(add(.tag, ["tag"]) == nil)
        let update = UpdateMetadefPart(place: place(.tag), part: "tag", replacement: MetadefPart(name: "TAG"))
        #expect(test.failure(of: update) == nil)
        #expect(try names(.tag) == ["TAG"])
        #expect(test.failure(of: GetMetadefPart(place: place(.tag), part: "tag")) == .notFound)
    }

    @Test func detailsComeBackAsTheyWere() throws {
        let details: JSONValue = [
            "title": .string("Ünï \"x\""), "maximum": .double(1.5), "enum": .array([.string("a"), .null]),
            "items": ["type": .string("string")],
        ]
        let part = MetadefPart(name: "p", details: details)
        let added = try test.perform(AddMetadefParts(place: place(.property), parts: [part])).parts
        #expect(added.first?.details == details)
        let got = try test.perform(GetMetadefPart(place: place(.property), part: "p"))
        #expect(got.details == details && got == added.first)
        let updated = try test.perform(
            UpdateMetadefPart(place: place(.property), part: "p", replacement: MetadefPart(name: "q")))
        #expect(updated.details == [:] && updated.createdAt == got.createdAt && updated.updatedAt > got.updatedAt)
    }

    @Test(
        "pages of any order show each tag once", arguments: ListMetadefParts.Page.SortKey.allCases, [true, false])
    func pages(key: ListMetadefParts.Page.SortKey, isAscending: Bool) throws {
        let all = (1...7).map { "t\($0)" }
        #expect(add(.tag, all) == nil)
        var seen: [String] = []
        while true {
            let page = ListMetadefParts.Page(
                sortKey: key, isAscending: isAscending, marker: seen.last, limit: 3)
            let names = try names(.tag, page)
            seen += names
            if names.isEmpty || seen.count > all.count { break }
        }
        #expect(seen == (isAscending ? all : all.reversed()))
        let unknown = ListMetadefParts(place: place(.tag), page: .init(marker: "none"))
        #expect(test.failure(of: unknown) == .invalidMarker)
    }
}

@Suite struct MetadefCatalogueTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    private func definition(_ text: String, properties: [String]) -> MetadefDefinition {
        var definition = MetadefDefinition(
            namespace: MetadefNamespace(name: "n", displayName: text, visibility: .public, isProtected: true))
        definition[.property] = properties.map { MetadefPart(name: $0, details: ["title": .string(text)]) }
        definition[.tag] = [MetadefPart(name: text.uppercased()), MetadefPart(name: "tag")]
        return definition
    }

    /// What each way of loading leaves: the display name, and each property with its title.
    @Test(arguments: [
        (MetadefCatalogue.Merge.skip, "skipped", "old", ["a": "old", "b": "old"]),
        (.add, "merged", "old", ["a": "old", "b": "old", "c": "new"]),
        (.replace, "merged", "new", ["a": "old", "b": "new", "c": "new"]),
        (.overwrite, "overwritten", "new", ["b": "new", "c": "new"]),
    ])
    func loading(merge: MetadefCatalogue.Merge, done: String, name: String, titles: [String: String]) throws {
        let catalogue = MetadefCatalogue(test.database)
        #expect(try catalogue.load(definition("old", properties: ["a", "b"]), merge) == .added)
        #expect(try catalogue.load(definition("new", properties: ["b", "c"]), merge).rawValue == done)
        let stands = try catalogue.definitions()
        #expect(stands.map(\.namespace.displayName) == [name])
        let pairs = stands[0][.property].map { ($0.name, $0.details["title"]?.string ?? "") }
        #expect(Dictionary(uniqueKeysWithValues: pairs) == titles)
        #expect(try catalogue.unload() == 1)
        #expect(try catalogue.definitions() == [])
    }
}
