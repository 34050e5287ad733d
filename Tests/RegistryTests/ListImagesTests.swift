import GRDB
import ImageModel
import JSONText
import Testing

@testable import Registry

/// Lists against `ListModel`, over images with absent values and many ties.
@Suite struct ListImagesTests {
    let test: TestDatabase
    let model: ListModel

    init() throws {
        test = try TestDatabase()
        var generator = SeededGenerator(seed: 7)
        var model = ListModel()
        try test.database.pool.write { db in
            for _ in 0..<200 {
                let image = ListImagesTests.randomImage(&generator)
                _ = try CreateImage(image: image).run(in: db)
                for member in ["tenant", "other"] where Int.random(in: 0..<3, using: &generator) == 0 {
                    _ = try PutMembers(
                        imageID: image.id, viewer: .admin,
                        memberships: [Membership(memberID: member, canShare: nil)], replacesAll: false
                    ).run(in: db)
                    let status = MemberStatus.allCases.randomElement(using: &generator) ?? .pending
                    try db.execute(
                        sql: "UPDATE image_members SET status = ? WHERE image_id = ? AND member = ?",
                        arguments: [status.rawValue, image.id, member])
                }
                switch Int.random(in: 0..<12, using: &generator) {
                case 0: _ = try DeleteImage(id: image.id, viewer: .admin).run(in: db)
                case 1: _ = try DeleteImage(id: image.id, viewer: .admin, isDelayed: true).run(in: db)
                case 2: _ = try KillImage(imageID: image.id).run(in: db)
                default: break
                }
                // The moments that deletion set differ from run to run; ties among them do not.
                try db.execute(
                    sql: "UPDATE images SET updated_at = ? WHERE id = ? AND updated_at > 9000",
                    arguments: [Int64.random(in: 1...20, using: &generator), image.id])
                guard let written = try ImageRow.image(image.id, in: db) else { continue }
                model.images.append(written)
                model.members += try ImageMember.all(of: image.id, in: db)
            }
        }
        self.model = model
    }

    static func randomImage(_ generator: inout SeededGenerator) -> Image {
        func one<Value>(of values: [Value]) -> Value { values[Int.random(in: values.indices, using: &generator)] }
        var id = "00000000-0000-4000-8000-"
        for _ in 0..<12 { id += one(of: "0123456789abcdefABCDEF".map(String.init)) }
        var image = Image(id: id, owner: one(of: ["tenant", "other", "third", nil]))
        image.createdAt = Timestamp(microseconds: Int64.random(in: 1...20, using: &generator))
        image.updatedAt = Timestamp(microseconds: Int64.random(in: 1...20, using: &generator))
        image.name = one(of: [nil, "", "a", "B", "b", "ü", "漢", "Z\u{301}"])
        image.status = one(of: [.queued, .active])
        image.visibility = one(of: Visibility.allCases)
        image.isHidden = one(of: [true, false, false])
        image.isProtected = false
        image.diskFormat = one(of: [nil, "raw", "qcow2"])
        image.containerFormat = one(of: [nil, "bare", "ovf"])
        image.size = one(of: [nil, 0, 1, 5])
        image.virtualSize = one(of: [nil, 5])
        image.minRAM = one(of: [0, 512])
        image.tags = one(of: [[], ["t"], ["t", "u"]])
        image.properties = one(of: [[], [ImageProperty(name: "p", value: "v")], [ImageProperty(name: "p", value: nil)]])
        if image.status == .active { image.locations = [ImageLocation(url: "file:///" + id)] }
        return image
    }

    /// All pages of a list, one behind the other, compared with the model's.
    func check(_ query: ImageQuery, pageOf limit: Int) throws {
        var query = query
        query.limit = 1000
        let all = model.page(query)
        query.limit = limit
        var seen: [String] = []
        while true {
            let page = try test.perform(ListImages(query: query)).images
            seen += page.map(\.id)
            guard page.count == limit, seen.count <= all.count else { break }
            query.marker = seen.last
        }
        #expect(seen == all, "\(query)")
    }

    static let viewers: [Viewer] = [
        .owner, .project("other"), .stranger, .anonymous, .admin, Viewer(projectID: "tenant", isAdmin: true),
    ]

    @Test(arguments: viewers)
    func everyScopeShowsWhatItShould(_ viewer: Viewer) throws {
        for scope in ListPlanTests.scopes {
            var query = ImageQuery(viewer: viewer, limit: 0)
            query.scope = scope
            try check(query, pageOf: 7)
            query.isHidden = false
            try check(query, pageOf: 50)
            query.isHidden = nil
            query.memberStatus = .accepted
            try check(query, pageOf: 7)
            query.memberStatus = nil
            query.changesSince = Timestamp(microseconds: 5)
            try check(query, pageOf: 7)
            query.changesSince = Timestamp(microseconds: 1_000_000)
            try check(query, pageOf: 7)
            for changesSince in [nil, Timestamp(microseconds: 5)] {
                query.changesSince = changesSince
                for isDeleted in [true, false] {
                    query.isDeleted = isDeleted
                    try check(query, pageOf: 7)
                }
                query.isDeleted = nil
            }
        }
    }

    @Test(arguments: [ImageQuery.Scope.asUser, .everything], [ImageQuery.Direction.ascending, .descending])
    func pagesFollowEachOtherInEveryOrder(_ scope: ImageQuery.Scope, _ direction: ImageQuery.Direction) throws {
        for key in ImageQuery.SortKey.allCases {
            var query = ImageQuery(viewer: Viewer(projectID: "tenant", isAdmin: true), limit: 0)
            query.scope = scope
            query.sort = [ImageQuery.Sort(key: key, direction: direction)]
            try check(query, pageOf: 7)
            for second in ImageQuery.SortKey.allCases {
                query.sort = [
                    ImageQuery.Sort(key: key, direction: direction),
                    ImageQuery.Sort(key: second, direction: direction == .ascending ? .descending : .ascending),
                ]
                try check(query, pageOf: 40)
            }
        }
    }

    @Test func severalKeysMixDirections() throws {
        var query = ImageQuery(viewer: .owner, limit: 0)
        query.sort = [
            ImageQuery.Sort(key: .status, direction: .ascending), ImageQuery.Sort(key: .name, direction: .descending),
            ImageQuery.Sort(key: .size, direction: .ascending), ImageQuery.Sort(key: .name, direction: .ascending),
        ]
        try check(query, pageOf: 3)
        query.sort = []
        try check(query, pageOf: 3)
    }

    static let filters: [[ImageQuery.Filter]] =
        [
            [.text(.name, isIn: ["a"])], [.text(.name, isIn: [""])], [.text(.name, isIn: ["a", "b\"'", "漢"])],
            [.text(.status, isIn: [])], [.text(.status, isIn: ["active", "deleted"])], [.text(.owner, isIn: ["other"])],
            [.text(.diskFormat, isIn: ["raw"]), .text(.containerFormat, isIn: ["bare", "ovf"])],
            [.isProtected(true)], [.property(name: "p", value: "v")], [.property(name: "p'--", value: "v")],
            [.tag("t"), .tag("u")], [.number(.minRAM, .equal, 512)], [.number(.virtualSize, .notEqual, 4)],
            [.text(.id, isIn: ["none"])], [.any([])], [.any([.tag("u"), .number(.minRAM, .equal, 512)])],
        ] + ImageQuery.Comparison.allCases.map { [.number(.size, $0, 1)] }
        + ImageQuery.Comparison.allCases.map { [.number(.knownSize, $0, 1)] }
        + ImageQuery.Comparison.allCases.map { [.time(.createdAt, $0, Timestamp(microseconds: 9))] }
        + ImageQuery.Comparison.allCases.map { [.time(.updatedAt, $0, Timestamp(microseconds: 9))] }

    @Test(arguments: [ImageQuery.Scope.asUser, .everything])
    func filtersHold(_ scope: ImageQuery.Scope) throws {
        for filters in Self.filters {
            var query = ImageQuery(viewer: Viewer(projectID: "tenant", isAdmin: true), limit: 0)
            query.scope = scope
            query.filters = filters
            try check(query, pageOf: 5)
        }
    }

    @Test(arguments: [Visibility.public, .community, .shared])
    func goneImagesAreListedForTheirOwnersAndAdminsAlone(_ visibility: Visibility) throws {
        let deleted = try test.createActive(visibility: visibility)
        let pending = try test.createActive(visibility: visibility)
        let killed = try test.create(visibility: visibility)
        let live = try test.create(visibility: visibility)
        for image in [deleted, pending, killed, live] { try test.share(image, with: "stranger") }
        try test.perform(DeleteImage(id: deleted.id, viewer: .owner))
        try test.perform(DeleteImage(id: pending.id, viewer: .owner, isDelayed: true))
        try test.perform(KillImage(imageID: killed.id))
        func listed(_ viewer: Viewer, _ scope: ImageQuery.Scope) throws -> Set<String> {
            var query = ImageQuery(viewer: viewer, limit: 1000)
            query.scope = scope
            query.changesSince = Timestamp(microseconds: 0)
            let mine = Set([deleted, pending, killed, live].map(\.id))
            return mine.intersection(try test.perform(ListImages(query: query)).images.map(\.id))
        }
        for scope in [ImageQuery.Scope.asUser, .visibility(visibility)] {
            #expect(try listed(.owner, scope).count == 4)
            let others = scope == .asUser && visibility == .community ? [] : Set([live.id])
            #expect(try listed(.stranger, scope) == others)
            #expect(try listed(.anonymous, scope) == (visibility == .shared ? [] : others))
        }
        #expect(try listed(.admin, .everything).count == 4)
    }

    @Test func markersAreWhatTheViewerSees() throws {
        func failure(_ marker: String?, _ viewer: Viewer, since: Timestamp? = nil) -> RegistryFailure? {
            var query = ImageQuery(viewer: viewer, limit: 1)
            query.marker = marker
            query.changesSince = since
            return test.failure(of: ListImages(query: query))
        }
        let own = try test.create(visibility: .private)
        let deleted = try test.create()
        try test.perform(DeleteImage(id: deleted.id, viewer: .owner))
        let start = Timestamp(microseconds: 0)
        #expect(failure(own.id, .owner) == nil)
        #expect(failure(own.id, .stranger) == .invalidMarker)
        #expect(failure(own.id, .admin) == nil)
        #expect(failure(ImageID.random(), .admin) == .invalidMarker)
        #expect(failure("", .owner) == .invalidMarker)
        for viewer in [Viewer.owner, .admin] {
            #expect(failure(deleted.id, viewer) == .invalidMarker)
            #expect(failure(deleted.id, viewer, since: start) == nil)
        }
        #expect(failure(deleted.id, .stranger, since: start) == .invalidMarker)
        // Nor does a marker tell that there was a public image once.
        let wasPublic = try test.create(visibility: .public)
        try test.perform(DeleteImage(id: wasPublic.id, viewer: .owner))
        #expect(failure(wasPublic.id, .stranger, since: start) == .invalidMarker)
        #expect(failure(wasPublic.id, .owner, since: start) == nil)
    }

    @Test(arguments: [0, -1, Int.min])
    func noRowsForNoLimit(_ limit: Int) throws {
        #expect(try test.perform(ListImages(query: ImageQuery(viewer: .owner, limit: limit))).images == [])
    }

    @Test func tooManyFiltersAreRefused() {
        var query = ImageQuery(viewer: .owner, limit: 1)
        query.filters = Array(repeating: .tag("t"), count: ImageQuery.filtersMax)
        #expect(test.failure(of: ListImages(query: query)) == nil)
        query.filters.append(.tag("t"))
        #expect(test.failure(of: ListImages(query: query)) == .malformed("too many filters"))
    }

    @Test func renamedImagesMoveInTheListsOfMembersToo() throws {
        let image = try test.create(owner: "third") { $0.name = "m" }
        try test.share(image, with: "newcomer")
        let other = try test.create(owner: "third") { $0.name = "n" }
        try test.share(other, with: "newcomer")
        var query = ImageQuery(viewer: .project("newcomer"), limit: 1000)
        query.scope = .visibility(.shared)
        query.sort = [ImageQuery.Sort(key: .name, direction: .ascending)]
        #expect(try test.perform(ListImages(query: query)).images.map(\.id) == [image.id, other.id])
        var changes = ImageChanges()
        changes.fields = [.name("z")]
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        #expect(try test.perform(ListImages(query: query)).images.map(\.id) == [other.id, image.id])
    }
}
