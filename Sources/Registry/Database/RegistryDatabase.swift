import CSQLite
import GRDB
import GRDBSQLite
import Glibc
import ImageModel
import JSONText
import WALIndex

/// The registry's metadata: performs every `RegistryOperation`, each in one transaction.
///
/// All calls block: they belong on threads that may. One write runs at a time, reads run beside it.
public final class RegistryDatabase: Sendable {
    let pool: DatabasePool
    private let readers: ReaderConnections
    private let commits: CommitWatch?
    private let onError: @Sendable (String) -> Void

    /// Opens the database, made with mode 0600 where there is none, and brings it up to the newest schema.
    ///
    /// - Parameters:
    ///   - path: the file; SQLite puts `-wal` and `-shm` beside it.
    ///   - readers: how many connections are kept for reads that run at once, 1 at the least.
    ///   - onError: told of failures that a caller can't be told in full, a line each; called on the caller's thread.
    /// - Throws: `SchemaError` for a database that is not ours to use, `DatabaseError` where SQLite fails.
    public init(path: String, readers: Int, onError: @escaping @Sendable (String) -> Void = { _ in }) throws {
        self.onError = onError
        // O_EXCL: an existing database is not opened here, as closing the descriptor would drop SQLite's locks on it.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }

        var configuration = Configuration()
        configuration.label = "registry"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in try Self.keepPlans(of: db) }
        pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB chooses NORMAL, which may lose the last commits in a power cut. What a client was told must stay true.
        try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        try SchemaMigrator().migrate(pool)
        commits = try CommitWatch(pool)
        self.readers = ReaderConnections(path: path, configuration: configuration, keptMax: max(1, readers))
    }

    /// SQLite would plan a statement anew each time that it runs with other values, wherever one is compared with what a
    /// partial index is about: half the time of a list. Our statements say in their text what their plan depends on.
    private static func keepPlans(of db: Database) throws {
        let code = csqlite_keep_plans(UnsafeMutableRawPointer(db.sqliteConnection))
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// The newest commit, whoever made it; nil where that can't be told. The one thing here that never blocks.
    var commitState: CommitState? { commits?.state }

    /// Performs an operation.
    ///
    /// - Throws: what the operation's own documentation says; `.unavailable` where the database fails.
    public func perform<O: RegistryOperation>(_ operation: O) throws(RegistryFailure) -> O.Answer {
        guard let handler = OperationHandler.named[O.name], let stored = operation as? any StoredOperation else {
            throw .malformed("unknown operation '\(O.name)'")
        }
        do {
            let answer = try transaction(handler.access) { db -> any JSONCoding in try stored.run(in: db) }
            guard let answer = answer as? O.Answer else {
                throw RegistryFailure.malformed("'\(O.name)' answers otherwise")
            }
            return answer
        } catch {
            throw failure(error, operation: O.name)
        }
    }

    /// Performs an operation from JSON to JSON: what the HTTP side serves.
    ///
    /// - Returns: 200 and the answer, or the HTTP status and JSON of a `RegistryFailure`.
    func answer(to call: OperationCall) -> OperationAnswer {
        guard let handler = OperationHandler.named[call.name] else {
            return OperationAnswer(status: 404, body: RegistryFailure.malformed("unknown operation").json.serialized)
        }
        do {
            let json: JSONValue = call.body.isEmpty ? [:] : try JSONValue(parsing: call.body)
            // SQLite's C strings would end there.
            guard !json.containsNUL else { throw RegistryFailure.malformed("a text with a NUL character") }
            return OperationAnswer(status: 200, body: try handler.answer(self, json))
        } catch {
            let failure = failure(error, operation: call.name)
            return OperationAnswer(status: failure.httpStatus, body: failure.json.serialized)
        }
    }

    func transaction<T>(_ access: OperationAccess, _ body: (Database) throws -> T) throws -> T {
        switch access {
        case .readOne: try readers.read(body)
        case .read: try readers.read { db in try db.snapshot { try body(db) } }
        case .write: try pool.write(body)
        }
    }

    /// In the words that a caller may read; the rest goes to the log.
    func failure(_ error: any Error, operation name: String) -> RegistryFailure {
        switch error {
        case let failure as RegistryFailure:
            return failure
        case is JSONSyntaxError, is JSONShapeError:
            return .malformed("\(error)")
        case let error as DatabaseError:
            // Without the arguments: they hold names and URLs of tenants.
            let text = "SQLite error \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
            onError("\(name) failed: \(text), in: \(error.sql ?? "no statement")")
            return RegistryFailure(error)
        default:
            onError("\(name) failed: \(error)")
            return .unavailable("internal error")
        }
    }
}

extension RegistryFailure {
    fileprivate init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .unavailable("the database is busy")
        case .SQLITE_FULL: self = .unavailable("no room for the database")
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN: self = .unavailable("the database can't be written")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .unavailable("the database is damaged")
        // A value out of range; but a ledger that would go below zero is our own fault.
        case .SQLITE_CONSTRAINT
        where error.extendedResultCode == .SQLITE_CONSTRAINT_CHECK && error.message?.contains("ledger_") != true:
            self = .malformed("a value is out of range")
        default: self = .unavailable("internal error")
        }
    }
}

extension JSONValue {
    var containsNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: \.containsNUL)
        case .object(let object): object.members.contains { $0.name.utf8.contains(0) || $0.value.containsNUL }
        case .null, .bool, .int, .double: false
        }
    }
}
