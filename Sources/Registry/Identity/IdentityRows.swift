import GRDB
import ImageModel

extension IdentityProject {
    /// The columns that `init(_:)` reads; `identity_projects` must be in scope as `p`.
    static let columns = "p.id, p.name, p.description, p.enabled"

    /// - Parameter start: the first of the columns.
    init(_ row: Row, from start: Int = 0) {
        self.init(id: row[start], name: row[start + 1], description: row[start + 2], isEnabled: row[start + 3])
    }

    static func find(_ reference: IdentityReference, in db: Database) throws -> IdentityProject? {
        let row =
            switch reference {
            case .id(let id): try db.first("SELECT \(columns) FROM identity_projects AS p WHERE p.id = ?", [id])
            case .name(let name):
                try db.first("SELECT \(columns) FROM identity_projects AS p WHERE p.name = ?", [name])
            }
        return row.map { IdentityProject($0) }
    }

    static func require(_ id: String, in db: Database) throws -> IdentityProject {
        guard let project = try find(.id(id), in: db) else { throw RegistryFailure.notFound }
        return project
    }
}

extension IdentityUser {
    /// The columns that `init(_:)` reads; `identity_users` must be in scope as `u`.
    static let columns = "u.id, u.name, u.enabled, u.default_project_id, u.description, u.email"
    static let columnCount = 6

    init(_ row: Row) {
        self.init(
            id: row[0], name: row[1], isEnabled: row[2], defaultProjectID: row[3], description: row[4], email: row[5])
    }

    static func find(_ reference: IdentityReference, in db: Database) throws -> UserCredentials? {
        let row =
            switch reference {
            case .id(let id):
                try db.first("SELECT \(columns), u.password_hash FROM identity_users AS u WHERE u.id = ?", [id])
            case .name(let name):
                try db.first("SELECT \(columns), u.password_hash FROM identity_users AS u WHERE u.name = ?", [name])
            }
        return row.map { UserCredentials(user: IdentityUser($0), passwordHash: $0[columnCount]) }
    }

    static func require(_ id: String, in db: Database) throws -> IdentityUser {
        guard let found = try find(.id(id), in: db) else { throw RegistryFailure.notFound }
        return found.user
    }
}

extension APIKey {
    /// The columns that `init(_:)` reads; `identity_api_keys` must be in scope as `k`.
    static let columns =
        "k.id, k.name, k.user_id, k.project_id, k.expires_at, k.description, k.roles, k.unrestricted"
    static let columnCount = 8

    init(_ row: Row) {
        self.init(
            id: row[0], name: row[1], userID: row[2], projectID: row[3],
            expiresAt: (row[4] as Int64?).map(Timestamp.init(microseconds:)), description: row[5],
            roles: (row[6] as String?).map { $0.split(separator: ",").map(String.init) }, isUnrestricted: row[7])
    }
}

extension IdentityName {
    /// - Throws: `RegistryFailure.malformed`.
    func check(_ text: String) throws(RegistryFailure) {
        if let problem = problem(with: text) { throw .malformed(problem) }
    }
}

extension IdentityRole {
    /// - Throws: `RegistryFailure.malformed`.
    static func check(_ name: String) throws(RegistryFailure) {
        if let problem = problem(with: name) { throw .malformed(problem) }
    }
}

extension Database {
    /// Runs a body that inserts; a name or an id that is taken is `duplicate`.
    @discardableResult
    func refusingDuplicates<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError
            where [.SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY].contains(error.extendedResultCode)
        {
            throw RegistryFailure.duplicate
        }
    }
}
