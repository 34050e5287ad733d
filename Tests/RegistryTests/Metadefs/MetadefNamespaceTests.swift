import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct MetadefNamespaceTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    private func make(
        _ name: String, visibility: MetadefVisibility = .public, owner: String? = "tenant",
        parts: [MetadefKind: [String]] = [:], isProtected: Bool = false
    ) throws {
        var definition = MetadefDefinition(
            namespace: MetadefNamespace(
                name: name, visibility: visibility, isProtected: isProtected, owner: owner))
        for (kind, names) in parts { definition[kind] = names.map { MetadefPart(name: $0) } }
        try test.perform(CreateMetadefNamespace(definition: definition))
    }

    private func names(_ adjust: (inout ListMetadefNamespaces) -> Void = { _ in }) throws -> [String] {
        var list = ListMetadefNamespaces(viewer: .admin, limit: 100)
        adjust(&list)
        return try test.perform(list).definitions.map(\.namespace.name)
    }

    private func get(_ name: String) -> GetMetadefNamespace { GetMetadefNamespace(namespace: name, viewer: .admin) }

    @Test func oneRequestMakesAllOrNothing() throws {
        try make("full", parts: [.object: ["o"], .property: ["p"], .tag: ["t", "u"], .resourceType: ["r"]])
        let full = try test.perform(get("full"))
        #expect(full[.object].map(\.name) == ["o"] && full[.property].map(\.name) == ["p"])
        #expect(full[.tag].map(\.name) == ["u", "t"] && full[.resourceType].map(\.name) == ["r"])

        // Two tags that differ in case alone are one; nothing of their namespace stays.
        #expect(throws: RegistryFailure.duplicate) {
            try make("half", parts: [.resourceType: ["other"], .tag: ["t", "T"]])
        }
        #expect(test.failure(of: get("half")) == .notFound)
        #expect(try test.perform(ListMetadefResourceTypes()).parts.map(\.name) == ["r"])
        #expect(throws: RegistryFailure.duplicate) { try make("full") }
        #expect(try test.perform(get("full")) == full)
    }

    @Test(
        "who sees what",
        arguments: [
            (Viewer.admin, ["private", "public", "unowned"]), (.owner, ["private", "public", "unowned"]),
            (.stranger, ["public", "unowned"]), (.anonymous, ["public", "unowned"]),
        ])
    func visibility(viewer: Viewer, seen: [String]) throws {
        try make("private", visibility: .private)
        try make("public")
        try make("unowned", visibility: .private, owner: nil)
        #expect(
            try names {
                $0.viewer = viewer
                $0.sortKey = .namespace
                $0.isAscending = true
            } == seen)
        for name in ["private", "public", "unowned"] {
            let place = MetadefPlace(namespace: name, kind: .tag, viewer: viewer)
            let operations: [any RegistryOperation] = [
                GetMetadefNamespace(namespace: name, viewer: viewer), ListMetadefParts(place: place),
                AddMetadefParts(place: place, parts: []), DeleteMetadefParts(place: place),
            ]
            for operation in operations {
                #expect(test.failure(of: operation) == (seen.contains(name) ? nil : .notFound))
            }
            let marked = test.failure(of: marking(name, viewer))
            #expect(marked == (seen.contains(name) ? nil : .invalidMarker))
        }
    }

    private func marking(_ name: String, _ viewer: Viewer) -> ListMetadefNamespaces {
        var list = ListMetadefNamespaces(viewer: viewer, limit: 1)
        list.marker = name
        return list
    }

    @Test("pages of any order show each namespace once", arguments: ListMetadefNamespaces.SortKey.allCases)
    func pages(key: ListMetadefNamespaces.SortKey) throws {
        let all = (1...7).map { "n\($0)" }
        for name in all { try make(name) }
        for isAscending in [true, false] {
            var seen: [String] = []
            while true {
                let page = try names {
                    $0.sortKey = key
                    $0.isAscending = isAscending
                    $0.limit = 2
                    $0.marker = seen.last
                }
                seen += page
                if page.isEmpty || seen.count > all.count { break }
            }
            // The names were made in their own order; where a key is the same for all, that one counts.
            #expect(seen == (isAscending ? all : all.reversed()))
        }
    }

    @Test func listsAreFiltered() throws {
        try make("a", parts: [.resourceType: ["x", "y"]])
        try make("b", visibility: .private, parts: [.resourceType: ["y"], .tag: ["x"]])
        try make("c")
        #expect(try names { $0.visibility = .private } == ["b"])
        #expect(try names { $0.resourceTypes = ["x", "none"] } == ["a"])
        #expect(try names { $0.resourceTypes = ["x", "y"] } == ["b", "a"])
        #expect(try names { $0.resourceTypes = [""] } == [])
        #expect(try names { $0.limit = 0 } == [])
        let listed = try test.perform(ListMetadefNamespaces(viewer: .admin, limit: 9)).definitions
        #expect(listed.last?[.resourceType].map(\.name) == ["x", "y"] && listed[1][.tag].isEmpty)
    }

    @Test func renamedNamespaceKeepsItsParts() throws {
        try make("old", parts: [.tag: ["t"]])
        try make("taken")
        func rename(_ old: String, to new: String) -> UpdateMetadefNamespace {
            UpdateMetadefNamespace(namespace: old, replacement: MetadefNamespace(name: new), viewer: .admin)
        }
        #expect(test.failure(of: rename("old", to: "taken")) == .duplicate)
        let before = try test.perform(get("old")).namespace
        let after = try test.perform(rename("old", to: "new"))
        #expect(after.visibility == .private && after.owner == nil)
        #expect(after.createdAt == before.createdAt && after.updatedAt > before.updatedAt)
        #expect(try test.perform(get("new"))[.tag].map(\.name) == ["t"])
        #expect(test.failure(of: get("old")) == .notFound)
        #expect(test.failure(of: rename("new", to: "new")) == nil)
    }

    @Test func protectedNamespaceLosesNothing() throws {
        try make("kept", parts: [.tag: ["t"]], isProtected: true)
        let place = MetadefPlace(namespace: "kept", kind: .tag, viewer: .admin)
        #expect(test.failure(of: DeleteMetadefNamespace(namespace: "kept", viewer: .admin)) == .protected)
        #expect(test.failure(of: DeleteMetadefParts(place: place, part: "t")) == .protected)
        #expect(test.failure(of: DeleteMetadefParts(place: place)) == .protected)
        #expect(test.failure(of: DeleteMetadefParts(place: place, part: "none")) == .notFound)
        #expect(try test.perform(get("kept"))[.tag].map(\.name) == ["t"])
        try test.perform(
            UpdateMetadefNamespace(
                namespace: "kept", replacement: MetadefNamespace(name: "kept"), viewer: .admin))
        try test.perform(DeleteMetadefNamespace(namespace: "kept", viewer: .admin))
        // Nothing of it comes back with its name.
        try make("kept")
        #expect(try test.perform(get("kept"))[.tag].isEmpty)
    }
}
