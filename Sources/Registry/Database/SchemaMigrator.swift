import GRDB
import ImageModel
import Migrations

/// Why a database can't be used by this program.
public enum SchemaError: Error, Equatable, CustomStringConvertible {
    /// It was written by a newer release.
    case fromTheFuture(number: Int, name: String)
    /// A migration is missing among those that were applied.
    case gap(number: Int)
    /// A migration that was applied has another name here: the file belongs to another line of releases.
    case otherLine(number: Int, found: String, expected: String)
    /// The file is a database of some other program.
    case foreign

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .fromTheFuture(let number, let name):
            "the database has migration \(number) (\(name)), which this release does not know: start the newer release"
        case .gap(let number):
            "migration \(number) was never applied to the database, but later ones were: restore a backup"
        case .otherLine(let number, let found, let expected):
            "migration \(number) of the database is '\(found)', expected '\(expected)': it belongs to other software"
        case .foreign:
            "the file is a database, but not one of glance-registry: choose another path"
        }
    }
}

/// Brings a database up to the newest schema: each step that it lacks, in order, in a transaction of its own.
struct SchemaMigrator {
    /// In the order of their numbers. A number may be missing: one that was given out and not used.
    let migrations: [SchemaMigration]

    /// The number of the last one.
    var newest: Int { migrations.last?.number ?? 0 }

    init(migrations: [SchemaMigration] = SchemaMigration.all) {
        let numbers = [0] + migrations.map(\.number)
        precondition(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "migrations are numbered in order")
        self.migrations = migrations
    }

    /// - Throws: `SchemaError` before anything was changed; `DatabaseError`.
    func migrate(_ writer: some DatabaseWriter) throws {
        for migration in migrations {
            try writer.write { db in
                let applied = try applied(db)
                guard applied < migration.number else { return }
                if applied == 0 { try makeTable(db) }
                try db.execute(sql: migration.sql)
                try db.execute(
                    sql: "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
                    arguments: [migration.number, migration.name, Timestamp.now.microseconds])
            }
        }
    }

    private func makeTable(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number INTEGER PRIMARY KEY,
                    name TEXT NOT NULL,
                    applied_at INTEGER NOT NULL
                ) STRICT
                """)
    }

    /// The number of the last migration that the database has; 0 where it has none.
    ///
    /// - Throws: `SchemaError`; `DatabaseError`.
    func applied(_ db: Database) throws -> Int {
        if try !db.tableExists("schema_migrations") {
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                throw SchemaError.foreign
            }
            return 0
        }
        let rows = try Row.fetchAll(db, sql: "SELECT number, name FROM schema_migrations ORDER BY number")
        for (index, row) in rows.enumerated() {
            let number: Int = row["number"]
            let name: String = row["name"]
            guard index < migrations.count, number <= newest else {
                throw SchemaError.fromTheFuture(number: number, name: name)
            }
            let expected = migrations[index]
            guard number <= expected.number else { throw SchemaError.gap(number: expected.number) }
            guard number == expected.number, name == expected.name else {
                throw SchemaError.otherLine(number: number, found: name, expected: expected.name)
            }
        }
        return rows.last?["number"] ?? 0
    }
}
