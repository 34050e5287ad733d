import GRDB
import ImageModel

/// What a user may do in a scope, as it stands now.
struct GrantedScope {
    let user: IdentityUser
    let project: IdentityProject?
    let roles: [String]

    /// - Throws: `notFound` for a user or project that is not there or disabled, `forbidden` where the user has no role.
    init(userID: String, scope: TokenScope, in db: Database) throws {
        user = try IdentityUser.require(userID, in: db)
        guard user.isEnabled else { throw RegistryFailure.notFound }
        switch scope {
        case .unscoped:
            (project, roles) = (nil, [])
        case .project(let reference):
            guard let found = try IdentityProject.find(reference, in: db), found.isEnabled else {
                throw RegistryFailure.notFound
            }
            let granted = try Self.roles(of: userID, in: found.id, db)
            guard !granted.isEmpty else { throw RegistryFailure.forbidden }
            (project, roles) = (found, granted)
        case .defaultProject:
            let found = try user.defaultProjectID.flatMap { try IdentityProject.find(.id($0), in: db) }
            let granted = try found.map { try Self.roles(of: userID, in: $0.id, db) } ?? []
            // As Keystone has it: a default that can't be used leaves the token unscoped.
            (project, roles) = found?.isEnabled == true && !granted.isEmpty ? (found, granted) : (nil, [])
        }
    }

    private static func roles(of userID: String, in projectID: String, _ db: Database) throws -> [String] {
        IdentityRole.withImplied(
            try db.texts(
                "SELECT role FROM identity_assignments WHERE user_id = ? AND project_id = ?", [userID, projectID]))
    }
}

extension TokenGrant {
    init(
        _ granted: GrantedScope, methods: [String], auditID: String, issuedAt: Timestamp, expiresAt: Timestamp,
        apiKeyID: String? = nil
    ) {
        self.init(
            user: granted.user, project: granted.project, roles: granted.roles, methods: methods, auditID: auditID,
            issuedAt: issuedAt, expiresAt: expiresAt, apiKeyID: apiKeyID)
    }
}
