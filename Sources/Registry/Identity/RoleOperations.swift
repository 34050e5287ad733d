import GRDB
import ImageModel

extension GrantRole: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard IdentityRole.isValid(role) else {
            throw RegistryFailure.malformed("a role is named by 1 to 64 letters, digits, '_', '-', '.' or ':'")
        }
        _ = try IdentityUser.require(userID, in: db)
        _ = try IdentityProject.require(projectID, in: db)
        try db.change(
            "INSERT OR IGNORE INTO identity_assignments (user_id, project_id, role) VALUES (?, ?, ?)",
            [userID, projectID, role])
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
                RoleAssignment(user: IdentityUser($0), project: IdentityProject($0, from: 4), role: $0[8])
            })
    }
}
