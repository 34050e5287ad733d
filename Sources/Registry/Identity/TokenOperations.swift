import GRDB
import ImageModel

extension GetGrant: StoredOperation {
    func run(in db: Database) throws -> TokenGrant {
        let now = Timestamp.now
        return TokenGrant(
            try GrantedScope(userID: userID, scope: scope, in: db), methods: ["password"], auditID: "", issuedAt: now,
            expiresAt: now)
    }
}

extension IssueToken: StoredOperation {
    /// Tokens of one user that count at one time; beyond that the oldest ends. It bounds the table.
    static let tokensOfUserMax = 20_000

    func run(in db: Database) throws -> TokenGrant {
        let granted = try GrantedScope(userID: userID, scope: scope, keyID: apiKeyID, in: db)
        let now = Timestamp.now
        try removeOld(now, in: db)
        try db.refusingDuplicates {
            try db.change(
                """
                INSERT INTO identity_tokens (digest, user_id, project_id, api_key_id, methods, audit_id, issued_at,
                    expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    digest, userID, granted.project?.id, apiKeyID, methods.joined(separator: ","), auditID,
                    now.microseconds, expiresAt.microseconds,
                ])
        }
        return TokenGrant(granted, methods: methods, auditID: auditID, issuedAt: now, expiresAt: expiresAt)
    }

    /// A few at a time, so that no token has to wait for the removal of many.
    private func removeOld(_ now: Timestamp, in db: Database) throws {
        try db.change(
            """
            DELETE FROM identity_tokens WHERE digest IN
                (SELECT digest FROM identity_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT 100)
            """, [now.microseconds])
        try db.change(
            """
            DELETE FROM identity_tokens WHERE digest IN
                (SELECT digest FROM identity_tokens WHERE user_id = ? ORDER BY issued_at DESC LIMIT 100 OFFSET ?)
            """, [userID, Self.tokensOfUserMax - 1])
    }
}

extension ValidateToken: StoredOperation {
    func run(in db: Database) throws -> TokenGrant {
        guard
            let row = try db.first(
                """
                SELECT user_id, project_id, api_key_id, methods, audit_id, issued_at, expires_at FROM identity_tokens
                WHERE digest = ? AND expires_at > ?
                """, [digest, Timestamp.now.microseconds])
        else { throw RegistryFailure.notFound }
        let projectID: String? = row[1]
        let methods: String = row[3]
        let granted: GrantedScope
        do {
            granted = try GrantedScope(
                userID: row[0], scope: projectID.map { .project(.id($0)) } ?? .unscoped, keyID: row[2], in: db)
        } catch RegistryFailure.forbidden {
            // The last role in the project is gone, and the token with it.
            throw RegistryFailure.notFound
        }
        return TokenGrant(
            granted, methods: methods.split(separator: ",").map(String.init), auditID: row[4],
            issuedAt: Timestamp(microseconds: row[5]), expiresAt: Timestamp(microseconds: row[6]))
    }
}

extension RevokeToken: StoredOperation {
    func run(in db: Database) throws -> Done {
        try db.change("DELETE FROM identity_tokens WHERE digest = ?", [digest])
        return Done()
    }
}
