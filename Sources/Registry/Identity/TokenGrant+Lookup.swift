import GRDB
import ImageModel

/// What a user may do in a scope, as it stands now.
struct GrantedScope {
    let user: IdentityUser
    let project: IdentityProject?
    let roles: [String]
    /// The API key that bounds the roles.
    let apiKey: APIKeyMark?

    /// - Parameter keyID: the API key by which the user came.
    /// - Throws: `notFound` for a user, project or key that is not there or disabled, `forbidden` where there is no role.
    init(userID: String, scope: TokenScope, keyID: String? = nil, in db: Database) throws {
        let key = try keyID.map { id in
            let row = try db.first("SELECT \(APIKey.columns) FROM identity_api_keys AS k WHERE k.id = ?", [id])
            guard let row else { throw RegistryFailure.notFound }
            return APIKey(row)
        }
        apiKey = key.map { APIKeyMark(id: $0.id, isUnrestricted: $0.isUnrestricted) }
        user = try IdentityUser.require(userID, in: db)
        guard user.isEnabled else { throw RegistryFailure.notFound }
        switch scope {
        case .unscoped:
            (project, roles) = (nil, [])
        case .project(let reference):
            guard let found = try IdentityProject.find(reference, in: db), found.isEnabled else {
                throw RegistryFailure.notFound
            }
            var granted = try Self.roles(of: userID, in: found.id, db)
            if let bound = key?.roles { granted = granted.filter(IdentityRole.withImplied(bound).contains) }
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
        _ granted: GrantedScope, methods: [String], auditID: String, issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.init(
            user: granted.user, project: granted.project, roles: granted.roles, methods: methods, auditID: auditID,
            issuedAt: issuedAt, expiresAt: expiresAt, apiKey: granted.apiKey)
    }
}
