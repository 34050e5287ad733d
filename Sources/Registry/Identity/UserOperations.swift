import GRDB
import ImageModel

extension GetUser: StoredOperation {
    func run(in db: Database) throws -> UserCredentials {
        guard let found = try IdentityUser.find(user, in: db) else { throw RegistryFailure.notFound }
        return found
    }
}

extension ListUsers: StoredOperation {
    func run(in db: Database) throws -> Listing<IdentityUser> {
        Listing(
            items: try db.all("SELECT \(IdentityUser.columns) FROM identity_users AS u ORDER BY u.name")
                .map(IdentityUser.init))
    }
}

extension CreateUser: StoredOperation {
    func run(in db: Database) throws -> IdentityUser {
        let user = credentials.user
        try IdentityName.user.check(user.name)
        if let id = user.defaultProjectID { _ = try IdentityProject.require(id, in: db) }
        try db.refusingDuplicates {
            try db.change(
                """
                INSERT INTO identity_users (id, name, enabled, default_project_id, password_hash, description, email,
                    created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    user.id, user.name, user.isEnabled, user.defaultProjectID, credentials.passwordHash,
                    user.description, user.email, Timestamp.now.microseconds,
                ])
        }
        return user
    }
}

extension UpdateUser: StoredOperation {
    func run(in db: Database) throws -> IdentityUser {
        if let newName { try IdentityName.user.check(newName) }
        if let defaultProjectID { _ = try IdentityProject.require(defaultProjectID, in: db) }
        try db.refusingDuplicates {
            try db.change(
                """
                UPDATE identity_users SET name = COALESCE(?, name), enabled = COALESCE(?, enabled),
                    password_hash = COALESCE(?, password_hash),
                    default_project_id = iif(?, NULL, COALESCE(?, default_project_id)),
                    description = COALESCE(?, description), email = COALESCE(?, email)
                WHERE id = ?
                """,
                [newName, isEnabled, passwordHash, clearsDefaultProject, defaultProjectID, description, email, id])
        }
        if passwordHash != nil || isEnabled == false {
            try db.change("DELETE FROM identity_tokens WHERE user_id = ?", [id])
        }
        return try IdentityUser.require(id, in: db)
    }
}

extension DeleteUser: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard try db.change("DELETE FROM identity_users WHERE id = ?", [id]) == 1 else {
            throw RegistryFailure.notFound
        }
        return Done()
    }
}
