import GRDB
import GRDBSQLite
import ImageModel
import Testing

@testable import Registry

/// SQLite's plans for pages of lists: each arm walks an index, nothing is sorted.
@Suite struct ListPlanTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    func plan(
        _ query: ImageQuery, isBehindMarker: Bool, _ sets: ViewerSets = ViewerSets()
    ) throws -> [String] {
        let order = ListOrder(query.sort)
        let marker: [DatabaseValue]? = isBehindMarker ? order.terms.map { _ in "x".databaseValue } : nil
        guard let statement = try ListStatement(query, order, marker: marker, sets) else { return [] }
        return try test.database.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
                .map { $0["detail"] }
        }
    }

    static let scopes: [ImageQuery.Scope] =
        [.asUser, .everything, .nonPublic, .all, .everythingButCommunityOfOthers]
        + Visibility.allCases.map { .visibility($0) }

    static let largeSets: ViewerSets = {
        var sets = ViewerSets()
        sets.ownIsLarge = true
        sets.sharedIsLarge = true
        return sets
    }()

    @Test(arguments: scopes, [Viewer.owner, .anonymous, .admin])
    func pagesAreWalksAlongIndexes(_ scope: ImageQuery.Scope, _ viewer: Viewer) throws {
        for key in ImageQuery.SortKey.allCases {
            for direction in [ImageQuery.Direction.ascending, .descending] {
                for isBehindMarker in [false, true] {
                    var query = ImageQuery(viewer: viewer, limit: 25)
                    query.scope = scope
                    query.isHidden = false
                    query.sort = [ImageQuery.Sort(key: key, direction: direction)]
                    let isOwners = ListOrder(query.sort).isOwners
                    let plan = try plan(
                        query, isBehindMarker: isBehindMarker, isOwners ? ViewerSets() : Self.largeSets)
                    let isSorted = plan.contains { $0.contains("TEMP B-TREE") }
                    #expect(!isSorted, "\(plan)")
                    let isScanned = plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("USING") }
                    #expect(!isScanned, "\(plan)")
                    guard isBehindMarker, !plan.isEmpty else { continue }
                    // Behind a marker each walk starts there: none reads the pages before it.
                    let walks = plan.filter { $0.contains(" INDEX images_by_") || $0.hasPrefix("SEARCH m USING INDEX") }
                    #expect(!walks.isEmpty, "\(plan)")
                    for walk in walks {
                        #expect(
                            walk.hasSuffix("id)<(?,?,?))") || walk.contains("id)<") || walk.contains("id)>")
                                || walk.contains("id>?") || walk.contains("id<?"), "\(walk)")
                    }
                    // Small sets are sorted; beside them nothing is, and nothing is read but by an index.
                    let small = try self.plan(query, isBehindMarker: isBehindMarker)
                    let sorted = small.count { $0.contains("TEMP B-TREE") }
                    let sets = small.count { $0.contains("INDEX images_by_owner") || $0.hasPrefix("SEARCH m USING") }
                    #expect(sorted <= (isOwners ? 0 : sets), "\(small)")
                    #expect(!small.contains { $0.hasPrefix("SCAN images") }, "\(small)")
                }
            }
        }
    }

    @Test func walksGoByTheIndexesMadeForThem() throws {
        let asUser = try plan(ImageQuery(viewer: .owner, limit: 25), isBehindMarker: true)
        for index in ["images_by_owner_created", "images_by_visibility_created", "image_members_by_created"] {
            #expect(asUser.contains { $0.contains(index) }, "\(asUser)")
        }
        var query = ImageQuery(viewer: .admin, limit: 25)
        query.scope = .everything
        let everything = try plan(query, isBehindMarker: true)
        let walks = everything.filter { $0.contains("INDEX images_by_visibility_created") }
        #expect(walks.count == Visibility.allCases.count, "\(everything)")
        for (filter, index) in [
            (.text(.name, isIn: ["x"]), "images_by_visibility_name (visibility=? AND sort_name=?"),
            (.text(.status, isIn: ["queued"]), "images_by_visibility_status (visibility=? AND status=?"),
            (
                .text(.diskFormat, isIn: ["iso"]),
                "images_by_visibility_disk_format (visibility=? AND sort_disk_format=?"
            ),
        ] as [(ImageQuery.Filter, String)] {
            query.filters = [filter]
            let plan = try plan(query, isBehindMarker: true)
            #expect(plan.contains { $0.contains(index) }, "\(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
        var shared = ImageQuery(viewer: .owner, limit: 25)
        shared.filters = [.text(.name, isIn: ["x"])]
        let named = try plan(shared, isBehindMarker: true)
        #expect(named.contains { $0.contains("image_members_by_name (member=? AND image_name=?") }, "\(named)")
    }

    @Test func deletedImagesHaveAnIndexOfTheirOwn() throws {
        var query = ImageQuery(viewer: .admin, limit: 25)
        query.scope = .everything
        query.isDeleted = true
        for isBehindMarker in [false, true] {
            let plan = try plan(query, isBehindMarker: isBehindMarker)
            #expect(plan.contains { $0.contains("images_deleted_by_created") }, "\(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }

    /// 100,000 images, a third of them the tenant's, and 10,000 shared with it; the tenant `small` has some of each.
    private func fill() throws {
        try test.database.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
                    INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, min_disk, min_ram,
                        disk_format, container_format, size, created_at, updated_at)
                    SELECT printf('%08x-0000-4000-8000-%012x', n * 2654435761 % 4294967296, n),
                        printf('image %d', n * 7919 % 1000),
                        CASE n % 50 WHEN 0 THEN 'queued' WHEN 1 THEN 'deactivated' ELSE 'active' END,
                        CASE n % 4 WHEN 0 THEN 'public' WHEN 1 THEN 'private' ELSE 'shared' END,
                        CASE WHEN n % 1000 = 3 THEN 'small' WHEN n % 3 = 0 THEN 'tenant' ELSE 'other' END, 0, 0, 0, 0,
                        CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN 'iso' ELSE 'raw' END,
                        CASE n % 11 WHEN 0 THEN NULL ELSE 'bare' END,
                        CASE n % 10 WHEN 0 THEN NULL ELSE n * 104729 % 1000000 END,
                        1700000000000000 + n / 3, 1700000000000000 + n * 7919 % 100003
                    FROM numbers
                    """, arguments: [100_000])
            for (member, modulus) in [("tenant", 5), ("small", 2_003)] {
                try db.execute(
                    sql: """
                        INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at,
                            image_created_at, image_name)
                        SELECT id, ?, 0, 'pending', 1, 1, created_at, name FROM images
                        WHERE visibility = 'shared' AND number % ? = 0
                        """, arguments: [member, modulus])
            }
        }
    }

    private static func order(_ key: ImageQuery.SortKey, _ direction: String) -> String {
        let column =
            switch key {
            case .size: "COALESCE(size, -1)"
            case .diskFormat, .containerFormat: "COALESCE(\(key.rawValue), '')"
            default: key.rawValue
            }
        return [column, "created_at", "id"].map { "\($0) \(direction)" }.joined(separator: ", ")
    }

    private static func condition(_ scope: ImageQuery.Scope, _ tenant: String) -> String {
        scope == .asUser
            ? """
            owner = '\(tenant)' OR visibility = 'public' OR visibility = 'shared' AND EXISTS (
                SELECT 1 FROM image_members WHERE image_id = images.id AND member = '\(tenant)')
            """ : "1"
    }

    /// Rows of a deep page among many, in every order and both directions, with the usual filters and without, by
    /// SQLite's own count of steps: no timing.
    @Test func deepPageOfManyImagesReadsNoMoreThanItShows() throws {
        try fill()
        let filters: [(ImageQuery.Filter, String)?] = [
            nil, (.text(.status, isIn: ["active"]), "status = 'active'"), (.isProtected(false), "protected = 0"),
        ]
        for (scope, tenant) in [
            (ImageQuery.Scope.asUser, "tenant"), (.asUser, "small"), (.everything, "admins"),
            (.everythingButCommunityOfOthers, "admins"),
        ] {
            for key in ImageQuery.SortKey.allCases {
                for (direction, word) in [(ImageQuery.Direction.ascending, "ASC"), (.descending, "DESC")] {
                    // The filters are met on every walk alike.
                    for filter in key == .size || key == .createdAt ? filters : [nil] {
                        var query = ImageQuery(viewer: Viewer(projectID: tenant, isAdmin: true), limit: 25)
                        query.scope = scope
                        query.sort = [ImageQuery.Sort(key: key, direction: direction)]
                        query.filters = filter.map { [$0.0] } ?? []
                        let condition = Self.condition(scope, tenant)
                        let from = "FROM images WHERE (\(condition)) AND \(filter?.1 ?? "1")"
                        let order = Self.order(key, word)
                        let expected = try test.database.pool.read { db in
                            let count = try #require(try Int.fetchOne(db, sql: "SELECT count(*) \(from)"))
                            #expect(count > 20_000)
                            return try String.fetchAll(
                                db, sql: "SELECT id \(from) ORDER BY \(order) LIMIT 26 OFFSET \(count * 9 / 10)")
                        }
                        query.marker = expected[0]
                        let (page, steps, sorts) = try run(query)
                        #expect(page == Array(expected.dropFirst()), "\(scope) by \(key) \(word)")
                        #expect(steps < 20_000, "\(tenant), \(scope) by \(key) \(word): \(steps) steps")
                        // Small sets are sorted: what the small tenant has and what is shared with it, and the
                        // community images of an admin's own.
                        let small = tenant == "small" ? 2 : scope == .everythingButCommunityOfOthers ? 1 : 0
                        #expect(
                            sorts <= (ListOrder(query.sort).isOwners ? 0 : small),
                            "\(tenant), \(scope) by \(key) \(word)")
                    }
                }
            }
        }
    }

    /// The ids of a page, how many instructions of SQLite's machine it takes, and how often it sorts.
    func run(_ query: ImageQuery) throws -> ([String], steps: Int, sorts: Int) {
        let ids = try test.perform(ListImages(query: query)).images.map(\.id)
        return try test.database.pool.read { db in
            let operation = ListImages(query: query)
            let order = ListOrder(query.sort)
            let marker = try query.marker.map { try operation.markerValues($0, order, in: db) }
            let statement = try #require(try operation.statement(order, marker, in: db)).prepared(in: db)
            func status(_ counter: CInt) -> Int { Int(sqlite3_stmt_status(statement.sqliteStatement, counter, 1)) }
            // A statement that was kept prepared has counted before.
            _ = (status(SQLITE_STMTSTATUS_VM_STEP), status(SQLITE_STMTSTATUS_SORT))
            _ = try Row.fetchAll(statement)
            return (ids, status(SQLITE_STMTSTATUS_VM_STEP), status(SQLITE_STMTSTATUS_SORT))
        }
    }
}
