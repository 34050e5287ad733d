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
                        container_format, checksum, os_hash_value, size, min_ram, min_disk, os_hash_algo, created_at,
                        updated_at)
                    SELECT printf('00000000-0000-4000-8000-%012x', n), printf('image %d', n),
                        iif(n % ?2 = 1, 'queued', 'active'),
                        CASE n % 4 WHEN 0 THEN 'public' WHEN 1 THEN 'private' ELSE 'shared' END,
                        iif(n % ?2 = 2, 'rare', iif(n % 2, 'tenant', 'other')), n % ?2 = 3, n % ?2 = 4,
                        iif(n % ?2 = 5, 'iso', 'raw'), iif(n % ?2 = 6, 'ova', 'bare'), printf('c%d', n),
                        printf('h%d', n), iif(n % ?2 = 9, 1000000, n % 1000), iif(n % ?2 = 10, 512, 0),
                        iif(n % ?2 = 11, 40, 0), iif(n % ?2 = 12, 'md5', 'sha512'), 1700000000000000 + n,
                        1700000000000000 + iif(n % ?2 = 13, 9, 0)
                    FROM numbers
                    """, arguments: [Self.count, Self.rareness])
            try db.execute(
                sql: """
                    INSERT INTO image_tags SELECT id, 'common' FROM images;
                    INSERT INTO image_tags SELECT id, 'rare' FROM images WHERE number % \(Self.rareness) = 7;
                    INSERT INTO image_properties SELECT id, 'os', 'common' FROM images;
                    INSERT INTO image_properties SELECT id, 'p', 'rare' FROM images WHERE number % \(Self.rareness) = 8;
                    INSERT INTO image_properties SELECT id, 'q', '\(Self.longText)' FROM images
                        WHERE number % \(Self.rareness) = 8;
                    """)
        }
    }

    static let longText = String(repeating: "long ", count: 60)
    private static func moment(_ number: Int64) -> Timestamp { Timestamp(microseconds: 1_700_000_000_000_000 + number) }

    static let rare: [ImageQuery.Filter?] = [
        .time(.createdAt, .greater, moment(99_990)), .time(.createdAt, .lessOrEqual, moment(7)),
        .time(.createdAt, .equal, moment(50_000)), .time(.updatedAt, .greaterOrEqual, moment(1)),
        .number(.size, .greaterOrEqual, 100_000), .number(.knownSize, .greater, 999), .number(.size, .less, 1),
        .number(.minRAM, .equal, 512), .number(.minRAM, .greater, 0), .number(.minDisk, .greaterOrEqual, 1),
        .number(.minDisk, .equal, 41), .text(.hashAlgorithm, isIn: ["md5"]), .text(.hashAlgorithm, isIn: ["sha256"]),
        .text(.name, isIn: ["image 5", "image 50000"]), .text(.name, isIn: ["image 77"]), .text(.name, isIn: ["none"]),
        .property(name: "q", value: longText), .property(name: "q", value: longText + "none"),
        .text(.status, isIn: ["queued"]), .text(.owner, isIn: ["rare"]), .isProtected(true), nil,
        .text(.diskFormat, isIn: ["iso"]), .text(.containerFormat, isIn: ["ova", "ovf"]), .tag("rare"),
        .property(name: "p", value: "rare"), .text(.checksum, isIn: ["c5"]), .text(.hashValue, isIn: ["h5"]),
        .tag("none"), .property(name: "p", value: "none"), .text(.checksum, isIn: ["none"]),
    ]
    static let common: [ImageQuery.Filter] = [
        .text(.status, isIn: ["active"]), .isProtected(false), .text(.diskFormat, isIn: ["raw"]), .tag("common"),
        .property(name: "os", value: "common"), .number(.knownSize, .less, 5),
        .text(.owner, isIn: ["tenant", "other"]), .time(.createdAt, .greater, moment(50_000)),
        .time(.updatedAt, .lessOrEqual, moment(0)), .number(.size, .greater, 10),
        .text(.hashAlgorithm, isIn: ["sha512"]),
        .number(.minRAM, .equal, 0), .number(.minDisk, .lessOrEqual, 40),
    ]

    @Test func rareValuesAreFoundByTheirIndexes() throws {
        for filter in Self.rare {
            for query in queries(filter.map { [$0] } ?? [], isHidden: filter == nil) {
                let (statement, steps) = try run(query)
                #expect(steps < 20_000, "\(String(describing: filter)), \(query.scope), \(query.sort): \(steps) steps")
                let plan = try plan(statement)
                #expect(!plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("INDEX") }, "\(plan)")
            }
        }
    }

    @Test func commonValuesAreMetOnAWalk() throws {
        for filter in Self.common where filter != .number(.knownSize, .less, 5) {
            for query in queries([filter], isHidden: false) where query.scope != .asUser {
                let (statement, steps) = try run(query)
                #expect(steps < 20_000, "\(filter), \(query.scope), \(query.sort): \(steps) steps")
                let plan = try plan(statement)
                // In other orders small sets are sorted, such as an admin's own community images.
                if ListOrder(query.sort).isOwners {
                    #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
                }
                #expect(!plan.contains { $0.hasPrefix("SCAN images") && !$0.contains("INDEX") }, "\(plan)")
            }
        }
    }

    /// All of SQLite's work for a page, the look for candidates included, by its own count of steps.
    @Test func filteredListsCostNoMoreThanTwice() throws {
        let filters: [ImageQuery.Filter] = [
            .text(.name, isIn: ["image 77"]), .text(.owner, isIn: ["tenant"]), .tag("common"), .tag("rare"),
            .property(name: "os", value: "common"), .property(name: "p", value: "rare"),
            .text(.status, isIn: ["active"]), .text(.status, isIn: ["queued"]), .text(.diskFormat, isIn: ["raw"]),
            .isProtected(true), .isProtected(false), .text(.checksum, isIn: ["c5"]), .number(.size, .greater, 10),
        ]
        for (viewer, scope) in scopes {
            func steps(_ filters: [ImageQuery.Filter]) throws -> Int {
                var query = ImageQuery(viewer: viewer, limit: 25)
                query.scope = scope
                query.isHidden = false
                query.filters = filters
                return try stepsOfAll(ListImages(query: query))
            }
            let plain = try steps([])
            for filter in filters {
                let filtered = try steps([filter])
                #expect(filtered <= 2 * plain, "\(filter), \(scope): \(filtered) steps, and \(plain) without it")
            }
        }
    }

    /// Every instruction that the connection executes for it.
    private func stepsOfAll(_ operation: ListImages) throws -> Int {
        try test.database.pool.read { db in
            // The first time counts the preparing of statements in.
            _ = try operation.answer(in: db)
            let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
            count.initialize(to: 0)
            defer { count.deallocate() }
            let handler: @convention(c) (UnsafeMutableRawPointer?) -> CInt = { context in
                context?.assumingMemoryBound(to: Int.self).pointee += 1
                return 0
            }
            sqlite3_progress_handler(db.sqliteConnection, 1, handler, count)
            defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
            _ = try operation.answer(in: db)
            return count.pointee
        }
    }

    private func queries(_ filters: [ImageQuery.Filter], isHidden: Bool) -> [ImageQuery] {
        let orders = [ImageQuery.SortKey.createdAt, .name, .size, .updatedAt]
        return orders.flatMap { key in
            self.scopes.map { viewer, scope in
                var query = ImageQuery(viewer: viewer, limit: 25)
                query.scope = scope
                query.memberStatus = .accepted
                query.isHidden = isHidden
                query.filters = filters
                query.sort = [ImageQuery.Sort(key: key, direction: .descending)]
                return query
            }
        }
    }

    private var scopes: [(Viewer, ImageQuery.Scope)] {
        [
            (Viewer.owner, ImageQuery.Scope.asUser), (.owner, .all), (.owner, .visibility(.shared)),
            (.admin, .everything),
            (.admin, .everythingButCommunityOfOthers), (.admin, .visibility(.private)),
        ]
    }

    /// How many instructions of SQLite's machine a page takes.
    private func run(_ query: ImageQuery) throws -> (ListStatement, Int) {
        try test.database.pool.read { db in
            let list = try #require(try ListImages(query: query).statement(ListOrder(query.sort), nil, in: db))
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
