import GRDB
import ImageModel

extension GetAPIKey: StoredOperation {
    func run(in db: Database) throws -> APIKeyCredentials {
        let row =
            switch key {
            case .id(let id):
                try db.first(
                    "SELECT \(APIKey.columns), k.secret_digest FROM identity_api_keys AS k WHERE k.id = ?", [id])
            case .name(let name):
                try db.first(
                    """
                    SELECT \(APIKey.columns), k.secret_digest FROM identity_api_keys AS k
                    WHERE k.user_id = ? AND k.name = ?
                    """, [try user.flatMap { try IdentityUser.find($0, in: db) }?.user.id, name])
            }
        guard let row else { throw RegistryFailure.notFound }
        let key = APIKey(row)
        if let expiresAt = key.expiresAt, expiresAt <= Timestamp.now { throw RegistryFailure.notFound }
        return APIKeyCredentials(key: key, secretDigest: row[APIKey.columnCount])
    }
}

extension CreateAPIKey: StoredOperation {
    func run(in db: Database) throws -> APIKey {
        let key = credentials.key
        try IdentityName.apiKey.check(key.name)
        let granted = try GrantedScope(userID: key.userID, scope: .project(.id(key.projectID)), in: db)
        for role in key.roles ?? [] where !granted.roles.contains(role) {
            throw RegistryFailure.malformed("the user does not have the role \(role) in the project")
        }
        try db.refusingDuplicates {
            try db.change(
                """
                INSERT INTO identity_api_keys (id, name, user_id, project_id, secret_digest, expires_at, description,
                    roles, unrestricted, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    key.id, key.name, key.userID, key.projectID, credentials.secretDigest,
                    key.expiresAt?.microseconds, key.description, key.roles?.joined(separator: ","),
                    key.isUnrestricted, Timestamp.now.microseconds,
                ])
        }
        return key
    }
}

extension ListAPIKeys: StoredOperation {
    func run(in db: Database) throws -> Listing<APIKey> {
        let rows = try db.all(
            """
            SELECT \(APIKey.columns) FROM identity_api_keys AS k WHERE ?1 IS NULL OR k.user_id = ?1
            ORDER BY k.user_id, k.name
            """, [userID])
        return Listing(items: rows.map(APIKey.init))
    }
}

extension DeleteAPIKey: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard try db.change("DELETE FROM identity_api_keys WHERE id = ?", [id]) == 1 else {
            throw RegistryFailure.notFound
        }
        return Done()
    }
}
