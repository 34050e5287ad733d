import GRDB
import ImageModel

extension GrantRole: StoredOperation {
    func run(in db: Database) throws -> Done {
        try IdentityRole.check(role)
        _ = try IdentityUser.require(userID, in: db)
        _ = try IdentityProject.require(projectID, in: db)
        try db.change(
            "INSERT OR IGNORE INTO identity_assignments (user_id, project_id, role) VALUES (?, ?, ?)",
            [userID, projectID, role])
        if !IdentityRole.known.contains(role) { try RoleDescription(name: role).keep(in: db) }
        return Done()
    }
}

extension RoleDescription {
    /// Writes it down, unless there is one of that name.
    ///
    /// - Returns: whether there was none.
    @discardableResult
    fileprivate func keep(in db: Database) throws -> Bool {
        try db.change(
            "INSERT OR IGNORE INTO identity_roles (name, description, created_at) VALUES (?, ?, ?)",
            [name, description, Timestamp.now.microseconds]) == 1
    }
}

extension ListRoles: StoredOperation {
    func run(in db: Database) throws -> Listing<RoleDescription> {
        let others = try db.all("SELECT name, description FROM identity_roles ORDER BY name")
        return Listing(
            items: IdentityRole.known.map { RoleDescription(name: $0) }
                + others.map { RoleDescription(name: $0[0], description: $0[1]) })
    }
}

extension CreateRole: StoredOperation {
    func run(in db: Database) throws -> RoleDescription {
        try IdentityRole.check(role.name)
        guard !IdentityRole.known.contains(role.name), try role.keep(in: db) else { throw RegistryFailure.duplicate }
        return role
    }
}

extension DeleteRole: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard !IdentityRole.known.contains(role) else { throw RegistryFailure.protected }
        guard try db.change("DELETE FROM identity_roles WHERE name = ?", [role]) == 1 else {
            throw RegistryFailure.notFound
        }
        try db.change("DELETE FROM identity_assignments WHERE role = ?", [role])
        return Done()
    }
}

extension WithdrawRole: StoredOperation {
    func run(in db: Database) throws -> Done {
        let count = try db.change(
            "DELETE FROM identity_assignments WHERE user_id = ? AND project_id = ? AND role = ?",
            [userID, projectID, role])
        guard count == 1 else { throw RegistryFailure.notFound }
        return Done()
    }
}

extension ListAssignments: StoredOperation {
    func run(in db: Database) throws -> Listing<RoleAssignment> {
        let rows = try db.all(
            """
            SELECT \(IdentityUser.columns), \(IdentityProject.columns), a.role
            FROM identity_assignments AS a JOIN identity_users AS u ON u.id = a.user_id
                JOIN identity_projects AS p ON p.id = a.project_id
            WHERE (?1 IS NULL OR a.user_id = ?1) AND (?2 IS NULL OR a.project_id = ?2)
            ORDER BY p.name, u.name, a.role
            """, [userID, projectID])
        return Listing(
            items: rows.map {
                RoleAssignment(
                    user: IdentityUser($0), project: IdentityProject($0, from: IdentityUser.columnCount),
                    role: $0[IdentityUser.columnCount + 4])
            })
    }
}
