import GRDB
import Glibc
import ImageModel
import JSONText
import Migrations
import Synchronization
import Testing

@testable import Registry

@Suite struct RegistryDatabaseTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    @Test func fileIsItsOwnersAlone() throws {
        for suffix in ["", "-wal", "-shm"] {
            var status = stat()
            try #require(stat(test.path + suffix, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func commitsReachTheDisk() throws {
        let database = try RegistryDatabase(path: test.path, readers: 1)
        let settings = try database.pool.writeWithoutTransaction { db in
            try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map { name in
                try String.fetchOne(db, sql: "SELECT * FROM pragma_\(name)")
            }
        }
        // 2 stands for FULL.
        #expect(settings == ["wal", "2", "1", "5000"])
    }

    @Test func reopenedDatabaseHasItsData() throws {
        let image = try test.createActive()
        let again = try RegistryDatabase(path: test.path, readers: 1)
        #expect(try again.perform(GetImage(id: image.id, viewer: .owner)) == image)
    }

    @Test func handlersCoverEveryName() {
        #expect(OperationHandler.named.count == OperationHandler.all.count)
        #expect(OperationHandler.named[Ping.name] != nil)
    }

    @Test(arguments: [
        ("ping", "", 200, "{}"),
        ("ping", "{}", 200, "{}"),
        ("no-such-thing", "{}", 404, #"{"failure":"malformed","reason":"unknown operation"}"#),
        ("get-image", #"{"id":"x","viewer":{"project_id":null,"is_admin":true}}"#, 404, #"{"failure":"not_found"}"#),
        (
            "get-image", #"{"id":"x\u0000y","viewer":{"project_id":null,"is_admin":true}}"#, 400,
            #"{"failure":"malformed","reason":"a text with a NUL character"}"#
        ),
        (
            "get-image", "{}", 400,
            #"{"failure":"malformed","reason":"the JSON member 'viewer' is missing or of the wrong kind"}"#
        ),
        ("get-image", "{", 400, #"{"failure":"malformed","reason":"a member's name is missing at byte 1"}"#),
    ])
    func answersAreJSON(_ name: String, _ body: String, _ status: Int, _ text: String) {
        let answer = test.database.answer(to: OperationCall(name: name, body: Array(body.utf8)))
        #expect(answer.status == status)
        #expect(String(decoding: answer.body, as: UTF8.self) == text)
    }

    @Test func listAnswerIsWhatTheOtherDaemonReads() throws {
        let image = try test.create { $0.properties = [ImageProperty(name: "a", value: nil)] }
        let body = ListImages(query: ImageQuery(viewer: .owner, limit: 5)).json.serialized
        let answer = test.database.answer(to: OperationCall(name: ListImages.name, body: body))
        #expect(answer.status == 200)
        #expect(try ListImages.Answer(json: JSONValue(parsing: answer.body)).images == [image])
    }

    @Test func failuresOfTheDatabaseAreToldInShortAndLogged() throws {
        let log = Mutex<[String]>([])
        let database = try RegistryDatabase(path: test.path, readers: 1) { line in log.withLock { $0.append(line) } }
        _ = try database.pool.write { db in try db.execute(sql: "ALTER TABLE tasks RENAME TO gone") }
        let body = ListUnfinishedTasks(holder: "api").json.serialized
        let answer = database.answer(to: OperationCall(name: ListUnfinishedTasks.name, body: body))
        #expect(answer.status == 503)
        #expect(String(decoding: answer.body, as: UTF8.self) == #"{"failure":"unavailable","reason":"internal error"}"#)
        let lines = log.withLock { $0 }
        #expect(lines.count == 1 && lines[0].contains("no such table: tasks"))
    }

    @Test func ledgerBelowZeroIsOurFaultAndChangesNothing() throws {
        let image = try test.create()
        _ = try test.database.pool.write { db in try db.execute(sql: "UPDATE usage SET images = 0") }
        #expect(
            test.failure(of: DeleteImage(id: image.id, viewer: .owner)) == .unavailable("internal error"))
        #expect(try test.get(image.id).status == .queued)
    }
}

@Suite struct SchemaMigratorTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    func reopen() throws -> RegistryDatabase { try RegistryDatabase(path: test.path, readers: 1) }

    func execute(_ sql: String) throws {
        _ = try test.database.pool.write { db in try db.execute(sql: sql) }
    }

    @Test func migrationsAreNumberedAndHoldTheirFiles() {
        let numbers = SchemaMigration.all.map(\.number)
        #expect(numbers.first == 1 && numbers == Set(numbers).sorted())
        #expect(SchemaMigration.all.first?.sql.contains("CREATE TABLE images") == true)
    }

    @Test func databaseOfTheFirstReleaseIsBroughtUp() throws {
        let path = test.folder + "/first.sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let pool = try DatabasePool(path: path)
        try SchemaMigrator(migrations: Array(SchemaMigration.all.prefix(1))).migrate(pool)
        let ids = [ImageID.random(), ImageID.random(), ImageID.random()]
        for (id, name) in zip(ids, ["b", nil, "a"]) {
            _ = try pool.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, min_disk, min_ram,
                            created_at, updated_at)
                        VALUES (?, ?, 'queued', 'shared', 'tenant', 0, 0, 0, 0, 1, 1)
                        """, arguments: [id, name])
            }
        }
        try pool.close()
        let database = try RegistryDatabase(path: path, readers: 1)
        var query = ImageQuery(viewer: .owner, limit: 5)
        query.sort = [ImageQuery.Sort(key: .name, direction: .ascending)]
        #expect(try database.perform(ListImages(query: query)).images.map(\.name) == [nil, "a", "b"])
        try database.pool.close()
    }

    @Test func databaseFromTheFutureIsRefused() throws {
        let next = try #require(SchemaMigration.all.last).number + 1
        try execute("INSERT INTO schema_migrations VALUES (\(next), 'flying cars', 0)")
        #expect(throws: SchemaError.fromTheFuture(number: next, name: "flying cars")) { try reopen() }
    }

    @Test func gapIsRefused() throws {
        let steps = (1...3).map { SchemaMigration(number: $0, name: "step \($0)", sql: "CREATE TABLE t\($0) (x)") }
        let pool = try DatabasePool(path: test.folder + "/steps.sqlite")
        defer { for suffix in ["", "-wal", "-shm"] { unlink(test.folder + "/steps.sqlite" + suffix) } }
        try SchemaMigrator(migrations: Array(steps.prefix(2))).migrate(pool)
        try SchemaMigrator(migrations: steps).migrate(pool)
        try SchemaMigrator(migrations: steps).migrate(pool)
        _ = try pool.write { db in try db.execute(sql: "DELETE FROM schema_migrations WHERE number = 2") }
        #expect(throws: SchemaError.gap(number: 2)) { try SchemaMigrator(migrations: steps).migrate(pool) }
        try pool.close()
    }

    /// A number that was given out and never used is no gap; one that comes to be used later is.
    @Test func numbersMayBeLeftOut() throws {
        let steps = [1, 2, 5].map { SchemaMigration(number: $0, name: "step \($0)", sql: "CREATE TABLE t\($0) (x)") }
        let pool = try DatabasePool(path: test.folder + "/left.sqlite")
        defer { for suffix in ["", "-wal", "-shm"] { unlink(test.folder + "/left.sqlite" + suffix) } }
        let migrator = SchemaMigrator(migrations: steps)
        try migrator.migrate(pool)
        try migrator.migrate(pool)
        #expect(try pool.read(migrator.applied) == 5)
        let late = SchemaMigration(number: 3, name: "step 3", sql: "CREATE TABLE t3 (x)")
        let later = SchemaMigrator(migrations: [steps[0], steps[1], late, steps[2]])
        #expect(throws: SchemaError.gap(number: 3)) { try later.migrate(pool) }
        try pool.close()
    }

    @Test func failedStepLeavesNothing() throws {
        let path = test.folder + "/failed.sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let pool = try DatabasePool(path: path)
        let steps = [
            SchemaMigration(number: 1, name: "good", sql: "CREATE TABLE good (x)"),
            SchemaMigration(number: 2, name: "bad", sql: "CREATE TABLE half (x); CREATE TABLE good (x)"),
        ]
        #expect(throws: DatabaseError.self) { try SchemaMigrator(migrations: steps).migrate(pool) }
        let tables = try pool.read { db in
            try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        #expect(tables == ["schema_migrations", "good"])
        try pool.close()
    }

    @Test func otherSoftwaresDatabasesAreRefused() throws {
        try execute("UPDATE schema_migrations SET name = 'cats' WHERE number = 1")
        #expect(throws: SchemaError.otherLine(number: 1, found: "cats", expected: "images")) { try reopen() }
        try execute("DROP TABLE schema_migrations")
        #expect(throws: SchemaError.foreign) { try reopen() }
    }
}
