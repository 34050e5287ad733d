import GRDB

extension Database {
    /// Runs a statement that is prepared once a connection: for statements whose text is fixed.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func change(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: arguments)
        return changesCount
    }

    /// The first row of such a statement.
    func first(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows of such a statement.
    func all(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The first column of its rows, as text.
    func texts(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [String] {
        try String.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// Has all statements of the body see the database as it is now. To be called outside of a transaction.
    func snapshot<T>(_ body: () throws -> T) throws -> T {
        try change("BEGIN DEFERRED TRANSACTION", [])
        // Nothing was written: a rollback ends it as well as a commit, and is what is due after an error.
        defer { _ = try? change("ROLLBACK TRANSACTION", []) }
        return try body()
    }
}
