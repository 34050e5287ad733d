import JSONText
import Testing

extension Glimpse.Option {
    /// Users and passwords of its own; every step in the logs.
    static let localIdentity = [
        Glimpse.Option("paste_deploy", "flavor", "local"), Glimpse.Option("DEFAULT", "debug", "true"),
        Glimpse.Option("oslo_policy", "policy_file", "\(Executables.checkout)/config/policy.yaml"),
    ]
}

/// A user of the embedded identity with a project of the same name.
struct LocalUser {
    let name: String
    let password: String
    let id: String
    let projectID: String
}

extension Glimpse {
    /// glance-manage on the registry's database.
    func manage(_ arguments: [String], input: String = "/dev/null") throws -> Command {
        try Command(
            Executables.daemon("glance-manage"),
            ["--config-file", "\(folder.path)/glance-registry.conf"] + arguments, input: input)
    }

    /// Runs glance-manage, which has to succeed.
    @discardableResult
    func managed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let command = try manage(arguments)
        try #require(command.isSuccess, "\(arguments): \(command.errors)", sourceLocation: sourceLocation)
        return command.output
    }

    /// Makes a project and a user with a role in it.
    func makeUser(_ name: String, role: String = "member", password: String? = nil) throws -> LocalUser {
        let password = password ?? "pass word of \(name): é"
        let file = try folder.write(password + "\n", to: "\(name).password")
        let project = try managed("project", "create", name)
        let user = try managed(
            "user", "create", name, "--password-file", file, "--project", name, "--role", role)
        func id(_ text: String) throws -> String {
            String(try #require(text.split(separator: "\n").first?.split(separator: " ").last))
        }
        return LocalUser(name: name, password: password, id: try id(user), projectID: try id(project))
    }

    /// Sends a v3 login.
    func logIn(_ identity: JSONValue, scope: JSONValue? = nil) throws -> Answer {
        var auth = JSONObject()
        auth.append("identity", identity)
        if let scope { auth.append("scope", scope) }
        let body: JSONValue = ["auth": .object(auth)]
        return try nobody.send(
            "POST", "/identity/v3/auth/tokens", [("Content-Type", "application/json")], body: .bytes(body.serialized))
    }

    /// Sends a v3 login with a name and a password.
    func logIn(_ name: String, _ password: String, scope: JSONValue? = nil) throws -> Answer {
        try logIn(
            [
                "methods": .array([.string("password")]),
                "password": [
                    "user": [
                        "name": .string(name), "password": .string(password),
                        "domain": ["id": .string("default")],
                    ]
                ],
            ], scope: scope)
    }

    /// A client with a new token of the user.
    func client(
        _ user: LocalUser, scope: JSONValue? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Client {
        let answer = try logIn(user.name, user.password, scope: scope)
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        let token = try #require(answer["X-Subject-Token"], sourceLocation: sourceLocation)
        return Client(port: api.port, token: token)
    }
}
