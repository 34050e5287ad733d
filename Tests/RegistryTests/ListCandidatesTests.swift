import GRDB
import GRDBSQLite
import ImageModel
import Testing

@testable import Registry

/// Filters among 100,000 images: whether few or many fulfil them, a page is found without reading all images, and the
/// plan stands on indexes.
@Suite struct ListCandidatesTests {
    let test: TestDatabase
    static let count = 100_000
    /// Every so many images have the rare values.
    static let rareness = 25_000

    init() throws {
        test = try TestDatabase()
        try test.database.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
                    INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, disk_format,
                        container_format, checksum, os_hash_value, min_disk, min_ram, created_at, updated_at)
                    SELECT printf('00000000-0000-4000-8000-%012x', n), printf('image %d', n),
                        iif(n % ?2 = 1, 'queued', 'active'),
                        CASE n % 4 WHEN 0 THEN 'public' WHEN 1 THEN 'private' ELSE 'shared' END,
                        iif(n % ?2 = 2, 'rare', iif(n % 2, 'tenant', 'other')), n % ?2 = 3, n % ?2 = 4,
                        iif(n % ?2 = 5, 'iso', 'raw'), iif(n % ?2 = 6, 'ova', 'bare'), printf('c%d', n),
                        printf('h%d', n), 0, 0, 1700000000000000 + n, 1700000000000000
                    FROM numbers
                    """, arguments: [Self.count, Self.rareness])
            try db.execute(
                sql: """
                    INSERT INTO image_tags SELECT id, 'common' FROM images;
                    INSERT INTO image_tags SELECT id, 'rare' FROM images WHERE number % \(Self.rareness) = 7;
                    INSERT INTO image_properties SELECT id, 'os', 'common' FROM images;
                    INSERT INTO image_properties SELECT id, 'p', 'rare' FROM images WHERE number % \(Self.rareness) = 8;
                    """)
        }
    }

    static let rare: [ImageQuery.Filter?] = [
        .text(.status, isIn: ["queued"]), .text(.owner, isIn: ["rare"]), .isProtected(true), nil,
        .text(.diskFormat, isIn: ["iso"]), .text(.containerFormat, isIn: ["ova", "ovf"]), .tag("rare"),
        .property(name: "p", value: "rare"), .text(.checksum, isIn: ["c5"]), .text(.hashValue, isIn: ["h5"]),
        .tag("none"), .property(name: "p", value: "none"), .text(.checksum, isIn: ["none"]),
    ]
    static let common: [ImageQuery.Filter] = [
        .text(.status, isIn: ["active"]), .isProtected(false), .text(.diskFormat, isIn: ["raw"]), .tag("common"),
        .property(name: "os", value: "common"), .number(.knownSize, .less, 5),
        .text(.owner, isIn: ["tenant", "other"]),
    ]

    @Test func rareValuesAreFoundByTheirIndexes() throws {
        for filter in Self.rare {
            for query in queries(filter.map { [$0] } ?? [], isHidden: filter == nil) {
                let (statement, steps) = try run(query)
                #expect(steps < 20_000, "\(String(describing: filter)), \(query.scope): \(steps) steps")
                let plan = try plan(statement)
                #expect(!plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("INDEX") }, "\(plan)")
            }
        }
    }

    @Test func commonValuesAreMetOnAWalk() throws {
        for filter in Self.common where filter != .number(.knownSize, .less, 5) {
            for query in queries([filter], isHidden: false) where query.scope != .asUser {
                let (statement, steps) = try run(query)
                #expect(steps < 20_000, "\(filter), \(query.scope): \(steps) steps")
                let plan = try plan(statement)
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("INDEX") }, "\(plan)")
            }
        }
    }

    private func queries(_ filters: [ImageQuery.Filter], isHidden: Bool) -> [ImageQuery] {
        [
            (Viewer.owner, ImageQuery.Scope.asUser), (.owner, .all), (.owner, .visibility(.shared)),
            (.admin, .everything),
            (.admin, .everythingButCommunityOfOthers), (.admin, .visibility(.private)),
        ].map { viewer, scope in
            var query = ImageQuery(viewer: viewer, limit: 25)
            query.scope = scope
            query.memberStatus = .accepted
            query.isHidden = isHidden
            query.filters = filters
            return query
        }
    }

    /// How many instructions of SQLite's machine a page takes.
    private func run(_ query: ImageQuery) throws -> (ListStatement, Int) {
        try test.database.pool.read { db in
            let candidates = try ListCandidates.fewest(of: query, in: db)
            let list = try #require(
                try ListStatement(query, ListOrder(query.sort), marker: nil, among: candidates))
            let statement = try list.prepared(in: db)
            _ = try Row.fetchAll(statement)
            return (list, Int(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 0)))
        }
    }

    private func plan(_ statement: ListStatement) throws -> [String] {
        try test.database.pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
                .map { $0["detail"] }
        }
    }
}
