import ArgumentParser
import Credentials
import ImageModel
import Settings

/// `glance-manage bootstrap`: the first users. What is there already stays as it is.
struct BootstrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap", abstract: "Make the first users: admin, and demo.",
        discussion: """
            Makes the project and the user admin with the role admin, and the project and the user demo with the role \
            member, each with a random password. What is there already stays as it is.
            """)

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Option(
        name: .customLong("openrc-dir"),
        help: ArgumentHelp(
            "The folder for admin-openrc, demo-openrc and clouds.yaml (mode 0600); without it the passwords are printed.",
            valueName: "folder"))
    var folder: String?
    @Option(help: "Where clients reach glance-api.") var endpoint = "http://127.0.0.1:9292"
    @Option(help: "The region's name in those files.") var region = "RegionOne"
    @Flag(name: .customLong("reset-passwords"), help: "Give users that are there already new passwords.")
    var resetsPasswords = false

    private struct Account {
        let name: String
        let role: String
        let cloud: String
    }

    private static let accounts = [
        Account(name: "demo", role: "member", cloud: "lab"), Account(name: "admin", role: "admin", cloud: "lab-admin"),
    ]

    /// The files would be of no use with a URL that has no host, as a `hostname` that fails leaves it.
    func validate() throws {
        let rest = ["http://", "https://"].first { endpoint.hasPrefix($0) }.map { endpoint.dropFirst($0.count) }
        guard let host = rest?.prefix(while: { $0 != "/" && $0 != ":" }), !host.isEmpty,
            !endpoint.contains(where: { $0.isWhitespace || $0 == "'" || $0 == "\"" })
        else {
            throw ValidationError("--endpoint is an http or https URL with a host, such as http://images.lab:9292")
        }
    }

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let base = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        let credentials = folder.map { CredentialsFolder(path: $0, endpoint: base, region: region) }
        var clouds: [(name: String, user: String, project: String, password: String)] = []
        for account in Self.accounts {
            guard let password = try make(account, in: database, credentials) else { continue }
            clouds.append((account.cloud, account.name, account.name, password))
            if credentials == nil { print("user \(account.name), password \(password)") }
        }
        if clouds.isEmpty {
            print("users admin and demo are there already")
        } else if let credentials {
            var files = clouds.map { "\($0.user)-openrc" }
            // One that has both must not become one that has one of them.
            if clouds.count == Self.accounts.count {
                try credentials.writeClouds(clouds)
                files.append("clouds.yaml")
            }
            print("\(credentials.path) has \(files.joined(separator: ", "))")
        }
    }

    /// - Returns: the password, where it is a new one.
    private func make(
        _ account: Account, in database: IdentityDatabase, _ credentials: CredentialsFolder?
    ) throws -> String? {
        let name = account.name
        let project =
            try database.findProject(name)
            ?? database.perform(CreateProject(IdentityProject(name: name)), on: "project \(name)")
        let present = try database.findUser(name)
        if present != nil, !resetsPasswords { return nil }
        let password = SecretText.randomPassword()
        let hash = try PasswordHash(of: password).text
        // The file first: a password that is in the database alone is known to nobody.
        try credentials?.writeOpenRC(user: name, project: project.name, password: password)
        if let present {
            try database.perform(UpdateUser(id: present.id, passwordHash: hash), on: "user \(name)")
        } else {
            let user = try database.perform(
                CreateUser(IdentityUser(name: name, defaultProjectID: project.id), passwordHash: hash),
                on: "user \(name)")
            try database.perform(
                GrantRole(userID: user.id, projectID: project.id, role: account.role), on: "role \(account.role)")
        }
        return password
    }
}
