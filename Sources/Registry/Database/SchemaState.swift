import GRDB
import Glibc

/// Which schema a database has, read without changing it.
public struct SchemaState: Sendable, Equatable {
    /// The number of the last migration that it has; 0 for a file that is not there, or is empty.
    public let applied: Int
    /// The number of the last one that this release has.
    public let newest: Int

    /// Whether nothing is to be done.
    public var isCurrent: Bool { applied == newest }

    /// Reads it; a registry that is running is not disturbed.
    ///
    /// - Throws: `SchemaError` for a database that is not ours to use, `DatabaseError` where SQLite fails.
    public init(reading path: String) throws {
        let migrator = SchemaMigrator()
        newest = migrator.newest
        if access(path, F_OK) != 0, errno == ENOENT {
            applied = 0
            return
        }
        var configuration = Configuration()
        configuration.label = "schema"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        applied = try queue.read { db in try migrator.applied(db) }
    }
}
