import GRDB
import Posix
import Synchronization

/// Connections that read beside the writer, each used by one thread at a time.
///
/// GRDB's pool of readers asks for the schema's version before each read, in case the schema has changed, and makes two
/// turns through dispatch queues. Our schema changes at the start only; what is left is the statement itself.
final class ReaderConnections: Sendable {
    private let path: String
    private let configuration: Configuration
    private let keptMax: Int
    private let idle = Locked<[DatabaseQueue]>([])

    /// - Parameters:
    ///   - path: a database in WAL mode that a writer holds open.
    ///   - keptMax: connections that are kept for later. As many are opened as threads read at once.
    init(path: String, configuration: Configuration, keptMax: Int) {
        self.path = path
        var configuration = configuration
        configuration.readonly = true
        self.configuration = configuration
        self.keptMax = keptMax
    }

    /// Runs the body outside of any transaction: each of its statements sees the newest commit.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        let connection =
            try idle.withLock { $0.popLast() } ?? DatabaseQueue(path: path, configuration: configuration)
        defer {
            idle.withLock { idle in
                if idle.count < keptMax { idle.append(connection) }
            }
        }
        return try connection.unsafeRead(body)
    }
}
