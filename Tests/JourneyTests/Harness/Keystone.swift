import Glibc
import JSONText
import Testing

/// A real Keystone, as it comes from PyPI, with a database of its own.
final class Keystone {
    private let folder: TemporaryFolder
    private let process: ChildProcess
    let port: UInt16

    /// - Parameter tokenSeconds: that its tokens count.
    init(tokenSeconds: Int = 15) throws {
        let folder = try TemporaryFolder()
        let process = try ChildProcess(
            Executables.client("python"),
            ["\(Executables.checkout)/Tests/Journeys/keystone_server.py", folder.path, "\(tokenSeconds)"],
            output: "\(folder.path)/server.log", errors: "\(folder.path)/server.log")
        self.folder = folder
        self.process = process
        var port: UInt16?
        let isUp = eventually(within: 240) {
            guard process.isRunning else { return true }
            let text = (try? contents(of: "\(folder.path)/port")).map { String(decoding: $0, as: UTF8.self) }
            port = text.flatMap { UInt16($0) }
            guard let port else { return false }
            return (try? Client(port: port, token: "").send("GET", "/v3").status) == 200
        }
        let log = (try? contents(of: "\(folder.path)/server.log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try #require(isUp && process.isRunning, "Keystone did not start: \(log.suffix(2000))")
        self.port = try #require(port)
    }

    deinit { process.signal(SIGKILL) }

    var url: String { "http://127.0.0.1:\(port)" }

    func stop() throws {
        process.signal(SIGKILL)
        _ = try process.wait(seconds: 20)
    }

    /// A token of a user in the project of that name.
    func token(_ user: String, _ password: String, project: String) throws -> String {
        let domain: JSONValue = ["id": .string("default")]
        let body: JSONValue = [
            "auth": [
                "identity": [
                    "methods": .array([.string("password")]),
                    "password": [
                        "user": ["name": .string(user), "password": .string(password), "domain": domain]
                    ],
                ],
                "scope": ["project": ["name": .string(project), "domain": domain]],
            ]
        ]
        let answer = try Client(port: port, token: "").send(
            "POST", "/v3/auth/tokens", [("Content-Type", "application/json")], body: .bytes(body.serialized))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer["X-Subject-Token"])
    }

    /// Makes something as the admin; its id.
    @discardableResult
    func make(_ kind: String, _ value: JSONValue, at path: String) throws -> String {
        var body = JSONObject()
        body.append(kind, value)
        let admin = Client(port: port, token: try token("admin", "secret-of-admin", project: "admin"))
        let answer = try admin.send(
            "POST", "/v3\(path)", [("Content-Type", "application/json")],
            body: .bytes(JSONValue.object(body).serialized))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json?[kind]?["id"]?.string)
    }

    /// The id of a role, made where there is none.
    func role(_ name: String) throws -> String {
        let admin = Client(port: port, token: try token("admin", "secret-of-admin", project: "admin"))
        let found = try admin.send("GET", "/v3/roles?name=\(name)").json?["roles"]?.array?.first?["id"]?.string
        return try found ?? make("role", ["name": .string(name)], at: "/roles")
    }

    /// Makes a user with a role in a project; the user's id.
    func makeUser(_ name: String, role: String, projectID: String) throws -> String {
        let id = try make(
            "user", ["name": .string(name), "password": .string("secret-of-\(name)")], at: "/users")
        let admin = Client(port: port, token: try token("admin", "secret-of-admin", project: "admin"))
        let answer = try admin.send("PUT", "/v3/projects/\(projectID)/users/\(id)/roles/\(try self.role(role))")
        try #require(answer.status == 204, "\(answer.text)")
        return id
    }
}
