import GRDB
import ImageModel
import Testing

@testable import Registry

@Suite struct IdentityOperationsTests {
    private let test: TestDatabase
    private let project: IdentityProject
    private let user: IdentityUser

    init() throws {
        test = try TestDatabase()
        project = try test.perform(CreateProject(IdentityProject(name: "lab")))
        user = try test.perform(
            CreateUser(IdentityUser(name: "ann", defaultProjectID: project.id), passwordHash: "h"))
        try test.perform(GrantRole(userID: user.id, projectID: project.id, role: "member"))
    }

    private func issue(
        _ digest: String = "d", scope: TokenScope = .defaultProject, seconds: Int64 = 60, keyID: String? = nil
    ) -> IssueToken {
        IssueToken(
            digest: digest, userID: user.id, scope: scope, methods: ["password"], auditID: "a",
            expiresAt: Timestamp(microseconds: Timestamp.now.microseconds + seconds * 1_000_000), apiKeyID: keyID)
    }

    private func isValid(_ digest: String = "d") throws -> Bool {
        switch test.failure(of: ValidateToken(digest: digest)) {
        case nil: return true
        case .notFound: return false
        case let failure?: throw failure
        }
    }

    @Test func namesAreTakenOnce() throws {
        #expect(test.failure(of: CreateProject(IdentityProject(name: "lab"))) == .duplicate)
        #expect(test.failure(of: CreateUser(IdentityUser(name: "ann"), passwordHash: nil)) == .duplicate)
        #expect(
            test.failure(of: CreateUser(IdentityUser(name: "bob", defaultProjectID: "none"), passwordHash: nil))
                == .notFound)
        #expect(try test.perform(ListUsers()).items == [user])
        #expect(try test.perform(GetUser(.name("ann"))) == UserCredentials(user: user, passwordHash: "h"))
        #expect(try test.perform(GetUser(.id(user.id))).user == user)
        #expect(test.failure(of: GetUser(.name("Ann"))) == .notFound)
    }

    @Test func projectsAreFoundByNameIDAndMember() throws {
        let other = try test.perform(CreateProject(IdentityProject(name: "other", description: "x", isEnabled: false)))
        #expect(try test.perform(ListProjects()).items == [project, other])
        #expect(try test.perform(ListProjects(.name("other"))).items == [other])
        #expect(try test.perform(ListProjects(.id(project.id))).items == [project])
        #expect(try test.perform(ListProjects(userID: user.id)).items == [project])
        #expect(try test.perform(ListProjects(.name("other"), userID: user.id)).items == [])
        #expect(try test.perform(UpdateProject(id: other.id, isEnabled: true)).isEnabled)
    }

    @Test func aTokenSaysWhatTheUserMayDoNow() throws {
        let issued = try test.perform(issue())
        #expect(issued.roles == ["member", "reader"])
        #expect(issued.project == project)
        #expect(try test.perform(ValidateToken(digest: "d")) == issued)
        try test.perform(GrantRole(userID: user.id, projectID: project.id, role: "admin"))
        #expect(try test.perform(ValidateToken(digest: "d")).roles == ["admin", "member", "reader"])
        for role in ["admin", "member"] {
            try test.perform(WithdrawRole(userID: user.id, projectID: project.id, role: role))
        }
        #expect(try !isValid())
        #expect(
            test.failure(of: WithdrawRole(userID: user.id, projectID: project.id, role: "admin")) == .notFound)
    }

    @Test func scopes() throws {
        let other = try test.perform(CreateProject(IdentityProject(name: "other")))
        #expect(test.failure(of: issue(scope: .project(.name("other")))) == .forbidden)
        #expect(test.failure(of: issue(scope: .project(.name("none")))) == .notFound)
        #expect(try test.perform(issue("1", scope: .project(.id(project.id)))).project == project)
        #expect(try test.perform(issue("2", scope: .unscoped)).project == nil)
        try test.perform(UpdateUser(id: user.id, defaultProjectID: other.id))
        let unscoped = try test.perform(issue("3"))
        #expect(unscoped.project == nil && unscoped.roles == [])
        #expect(try test.perform(GetGrant(userID: user.id, scope: .project(.name("lab")))).roles.contains("member"))
    }

    @Test func whatEndsAToken() throws {
        try test.perform(issue("revoked"))
        try test.perform(RevokeToken(digest: "revoked"))
        #expect(try !isValid("revoked"))
        #expect(test.failure(of: RevokeToken(digest: "revoked")) == nil)

        try test.perform(issue("expired", seconds: -1))
        #expect(try !isValid("expired"))

        try test.perform(issue("password"))
        try test.perform(UpdateUser(id: user.id, passwordHash: "other"))
        #expect(try !isValid("password"))

        try test.perform(issue("project"))
        try test.perform(UpdateProject(id: project.id, isEnabled: false))
        #expect(try !isValid("project"))
        try test.perform(UpdateProject(id: project.id, isEnabled: true))

        try test.perform(issue("disabled"))
        try test.perform(UpdateUser(id: user.id, isEnabled: false))
        #expect(try !isValid("disabled"))
        #expect(test.failure(of: issue("again")) == .notFound)
        try test.perform(UpdateUser(id: user.id, isEnabled: true))
        // It does not come back with the user.
        #expect(try !isValid("disabled"))

        try test.perform(issue("deleted"))
        try test.perform(DeleteUser(id: user.id))
        #expect(try !isValid("deleted"))
    }

    @Test func keysEndWithTheirTime() throws {
        let key = APIKey(name: "ci", userID: user.id, projectID: project.id)
        try test.perform(CreateAPIKey(key, secretDigest: "s"))
        #expect(try test.perform(GetAPIKey(.id(key.id))) == APIKeyCredentials(key: key, secretDigest: "s"))
        #expect(try test.perform(GetAPIKey(.name("ci"), user: .name("ann"))).key == key)
        #expect(test.failure(of: GetAPIKey(.name("ci"), user: .name("bob"))) == .notFound)
        #expect(
            test.failure(
                of: CreateAPIKey(APIKey(name: "ci", userID: user.id, projectID: project.id), secretDigest: "t"))
                == .duplicate)
        let expired = APIKey(
            name: "old", userID: user.id, projectID: project.id, expiresAt: Timestamp(microseconds: 1))
        try test.perform(CreateAPIKey(expired, secretDigest: "s"))
        #expect(test.failure(of: GetAPIKey(.id(expired.id))) == .notFound)

        try test.perform(issue("ofKey", keyID: key.id))
        #expect(try isValid("ofKey"))
        try test.perform(DeleteAPIKey(id: key.id))
        #expect(try !isValid("ofKey"))
        #expect(test.failure(of: DeleteAPIKey(id: key.id)) == .notFound)

        let stranger = try test.perform(CreateUser(IdentityUser(name: "eve"), passwordHash: nil))
        #expect(
            test.failure(
                of: CreateAPIKey(APIKey(name: "x", userID: stranger.id, projectID: project.id), secretDigest: "s"))
                == .forbidden)
    }

    @Test func namesAreHeldToOneRule() throws {
        func isMalformed(_ failure: RegistryFailure?) -> Bool { if case .malformed = failure { true } else { false } }
        for name in ["", " lab", "lab ", "a\u{7}b", String(repeating: "n", count: 256)] {
            #expect(isMalformed(test.failure(of: CreateUser(IdentityUser(name: name), passwordHash: nil))))
            #expect(isMalformed(test.failure(of: UpdateUser(id: user.id, newName: name))))
            #expect(isMalformed(test.failure(of: CreateProject(IdentityProject(name: name)))))
            #expect(isMalformed(test.failure(of: CreateProject(IdentityProject(id: name, name: "x")))))
            #expect(isMalformed(test.failure(of: UpdateProject(id: project.id, newName: name))))
            let key = APIKey(name: name, userID: user.id, projectID: project.id)
            #expect(isMalformed(test.failure(of: CreateAPIKey(key, secretDigest: "s"))))
        }
        #expect(isMalformed(test.failure(of: CreateProject(IdentityProject(name: String(repeating: "p", count: 65))))))
        #expect(try test.perform(ListUsers()).items == [user])
        #expect(try test.perform(ListProjects()).items == [project])
    }

    @Test func changesOfUsersAndProjects() throws {
        let other = try test.perform(CreateUser(IdentityUser(name: "bob"), passwordHash: nil))
        #expect(test.failure(of: UpdateUser(id: other.id, newName: "ann")) == .duplicate)
        let changed = try test.perform(
            UpdateUser(id: user.id, newName: "anna", clearsDefaultProject: true, description: "d", email: "e"))
        #expect(changed.name == "anna" && changed.defaultProjectID == nil)
        #expect(changed.description == "d" && changed.email == "e" && changed.isEnabled)
        #expect(try test.perform(UpdateUser(id: user.id)) == changed)
        let second = try test.perform(CreateProject(IdentityProject(name: "second")))
        #expect(test.failure(of: UpdateProject(id: second.id, newName: "lab")) == .duplicate)
        #expect(try test.perform(UpdateProject(id: second.id, newName: "third")).name == "third")

        try test.perform(issue("t", scope: .project(.id(project.id))))
        try test.perform(DeleteProject(id: project.id))
        #expect(try !isValid("t"))
        #expect(try test.perform(ListAssignments()).items == [])
        #expect(test.failure(of: DeleteProject(id: project.id)) == .notFound)
    }

    @Test func rolesThatThereAre() throws {
        func names() throws -> [String] { try test.perform(ListRoles()).items.map(\.name) }
        #expect(try names() == IdentityRole.known)
        try test.perform(GrantRole(userID: user.id, projectID: project.id, role: "odd"))
        try test.perform(CreateRole(RoleDescription(name: "curator", description: "keeps")))
        #expect(try names() == IdentityRole.known + ["curator", "odd"])
        #expect(test.failure(of: CreateRole(RoleDescription(name: "odd"))) == .duplicate)
        #expect(test.failure(of: CreateRole(RoleDescription(name: "admin"))) == .duplicate)
        #expect(test.failure(of: DeleteRole("member")) == .protected)
        try test.perform(DeleteRole("odd"))
        #expect(test.failure(of: DeleteRole("odd")) == .notFound)
        #expect(try test.perform(ListAssignments()).items.map(\.role) == ["member"])
    }

    /// A key bounds its tokens, and never gives what the user does not have.
    @Test func keysHaveRolesOfTheirOwn() throws {
        func key(_ name: String, _ roles: [String]?) -> APIKey {
            APIKey(name: name, userID: user.id, projectID: project.id, roles: roles, isUnrestricted: name == "open")
        }
        func roles(_ key: APIKey) throws -> [String] {
            let digest = "of-\(key.name)"
            try test.perform(
                issue(digest, scope: .project(.id(project.id)), keyID: key.id))
            let grant = try test.perform(ValidateToken(digest: digest))
            #expect(grant.apiKey == APIKeyMark(id: key.id, isUnrestricted: key.isUnrestricted))
            return grant.roles
        }
        let (all, reading, open) = (key("all", nil), key("reading", ["reader"]), key("open", ["member"]))
        for each in [all, reading, open] { try test.perform(CreateAPIKey(each, secretDigest: "s")) }
        #expect(try test.perform(ListAPIKeys(userID: user.id)).items == [all, open, reading])
        #expect(try roles(all) == ["member", "reader"])
        #expect(try roles(reading) == ["reader"])
        #expect(try roles(open) == ["member", "reader"])
        guard case .malformed = test.failure(of: CreateAPIKey(key("boss", ["admin"]), secretDigest: "s")) else {
            Issue.record("a key with a role that its user does not have")
            return
        }
        try test.perform(GrantRole(userID: user.id, projectID: project.id, role: "admin"))
        #expect(try test.perform(ValidateToken(digest: "of-all")).roles == ["admin", "member", "reader"])
        #expect(try test.perform(ValidateToken(digest: "of-open")).roles == ["member", "reader"])
        for role in ["admin", "member"] {
            try test.perform(WithdrawRole(userID: user.id, projectID: project.id, role: role))
        }
        #expect(try !isValid("of-reading"))
    }

    @Test(arguments: ["", "a b", "a,b", "r\u{e4}", String(repeating: "r", count: 65)])
    func noRole(role: String) {
        guard case .malformed = test.failure(of: GrantRole(userID: user.id, projectID: project.id, role: role)) else {
            Issue.record("taken for a role: \(role)")
            return
        }
    }

    @Test func expiredTokensLeaveTheTable() throws {
        for number in 0..<5 { try test.perform(issue("old\(number)", seconds: -10)) }
        try test.perform(issue("new"))
        let count = try test.database.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM identity_tokens") }
        #expect(count == 1)
    }
}
