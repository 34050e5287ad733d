import GRDB
import GRDBSQLite
import ImageModel
import Testing

@testable import Registry

/// SQLite's plans for pages of lists: each arm walks an index, nothing is sorted.
@Suite struct ListPlanTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    func plan(_ query: ImageQuery, isBehindMarker: Bool) throws -> [String] {
        let order = ListOrder(query.sort)
        let marker: [DatabaseValue]? = isBehindMarker ? order.terms.map { _ in "x".databaseValue } : nil
        guard let statement = try ListStatement(query, order, marker: marker) else { return [] }
        return try test.database.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
                .map { $0["detail"] }
        }
    }

    static let scopes: [ImageQuery.Scope] =
        [.asUser, .everything, .nonPublic, .all, .everythingButCommunityOfOthers]
        + Visibility.allCases.map { .visibility($0) }

    @Test(arguments: scopes, [Viewer.owner, .anonymous, .admin])
    func pagesAreWalksAlongIndexes(_ scope: ImageQuery.Scope, _ viewer: Viewer) throws {
        for key in [ImageQuery.SortKey.createdAt, .name] {
            for direction in [ImageQuery.Direction.ascending, .descending] {
                for isBehindMarker in [false, true] {
                    var query = ImageQuery(viewer: viewer, limit: 25)
                    query.scope = scope
                    query.isHidden = false
                    query.sort = [ImageQuery.Sort(key: key, direction: direction)]
                    let plan = try plan(query, isBehindMarker: isBehindMarker)
                    let isSorted = plan.contains { $0.contains("TEMP B-TREE") }
                    #expect(!isSorted, "\(plan)")
                    let isScanned = plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("USING") }
                    #expect(!isScanned, "\(plan)")
                    guard isBehindMarker, !plan.isEmpty else { continue }
                    // Behind a marker each walk starts there: none reads the pages before it.
                    let walks = plan.filter { $0.contains(" INDEX images_by_") || $0.contains(" m USING ") }
                    #expect(!walks.isEmpty, "\(plan)")
                    for walk in walks {
                        let bounds = ["created_at)<", "created_at)>", "created_at,id)<", "created_at,id)>"]
                        #expect(bounds.contains { walk.contains($0) } || walk.contains("id)"), "\(walk)")
                    }
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
        #expect(everything.contains { $0.contains("INDEX images_by_created") }, "\(everything)")
        query.sort = [ImageQuery.Sort(key: .updatedAt, direction: .descending)]
        let updated = try plan(query, isBehindMarker: true)
        #expect(updated.contains { $0.contains("images_by_updated") }, "\(updated)")
        query.sort = []
        query.filters = [.text(.name, isIn: ["x"])]
        let named = try plan(query, isBehindMarker: false)
        #expect(named.contains { $0.contains("images_by_name (sort_name=?") }, "\(named)")
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

    /// Rows of a deep page among many, by SQLite's own count of steps: no timing.
    @Test func deepPageOfManyImagesReadsNoMoreThanItShows() throws {
        let count = 100_000
        try test.database.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
                    INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, min_disk, min_ram,
                        created_at, updated_at)
                    SELECT printf('00000000-0000-4000-8000-%012x', n), printf('image %d', n * 7919 % 1000), 'active',
                        CASE n % 4 WHEN 0 THEN 'public' WHEN 1 THEN 'private' ELSE 'shared' END,
                        CASE n % 3 WHEN 0 THEN 'tenant' ELSE 'other' END, 0, 0, 0, 0,
                        1700000000000000 + n / 3, 1700000000000000
                    FROM numbers
                    """, arguments: [count])
            try db.execute(
                sql: """
                    INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at,
                        image_created_at, image_name)
                    SELECT id, 'tenant', 0, 'pending', 1, 1, created_at, name FROM images
                    WHERE visibility = 'shared' AND number % 5 = 0
                    """)
        }
        for scope in [ImageQuery.Scope.asUser, .everything] {
            for key in [ImageQuery.SortKey.createdAt, .name] {
                var query = ImageQuery(viewer: Viewer(projectID: "tenant", isAdmin: true), limit: 25)
                query.scope = scope
                query.sort = [ImageQuery.Sort(key: key, direction: .descending)]
                let condition =
                    scope == .everything
                    ? "1"
                    : """
                    owner = 'tenant' OR visibility = 'public' OR visibility = 'shared' AND EXISTS (
                        SELECT 1 FROM image_members WHERE image_id = id AND member = 'tenant')
                    """
                let order = key == .name ? "name DESC, created_at DESC, id DESC" : "created_at DESC, id DESC"
                let all = try test.database.pool.read { db in
                    try String.fetchAll(db, sql: "SELECT id FROM images WHERE \(condition) ORDER BY \(order)")
                }
                #expect(all.count > 40_000)
                let deep = all.count * 9 / 10
                query.marker = all[deep]
                #expect(
                    try test.perform(ListImages(query: query)).images.map(\.id) == Array(all[(deep + 1)...(deep + 25)]))
                let steps = try stepsOfPage(query)
                #expect(steps < 20_000, "\(scope) by \(key): \(steps) steps")
            }
        }
    }

    /// How many instructions of SQLite's machine a page takes.
    func stepsOfPage(_ query: ImageQuery) throws -> Int {
        try test.database.pool.read { db in
            let operation = ListImages(query: query)
            _ = try operation.answer(in: db)
            let order = ListOrder(query.sort)
            let image = try ImageRow.image(try #require(query.marker), in: db)
            let marker = try #require(image)
            let values: [DatabaseValue] = order.terms.map { term in
                switch term.key {
                case .name: (marker.name ?? "").databaseValue
                case .createdAt: marker.createdAt.microseconds.databaseValue
                default: marker.id.databaseValue
                }
            }
            let statement = try #require(try ListStatement(query, order, marker: values)).prepared(in: db)
            _ = try Row.fetchAll(statement)
            #expect(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_SORT, 0) == 0)
            return Int(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 0))
        }
    }
}
