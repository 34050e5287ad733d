import ArgumentParser
import Credentials
import ImageModel

/// `glance-manage api-key …`: what programs log in with, as Keystone's application credentials.
struct APIKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key", abstract: "API keys: a user's right in one project, without its password.",
        subcommands: [CreateAPIKeyCommand.self, ListAPIKeysCommand.self, DeleteAPIKeyCommand.self])
}

struct CreateAPIKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an API key, and print its secret: it is not shown again.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "The key's name.") var name: String
    @Option(help: "Whose key: name or id.") var user: String
    @Option(help: "Where it counts: name or id.") var project: String
    @Option(name: .customLong("expires-in-days"), help: "Days that it counts; without it, until it is deleted.")
    var days: Int?

    func run() throws {
        try checkName(name, as: .apiKey)
        if let days, !(1...36_500).contains(days) { throw ValidationError("--expires-in-days is 1 to 36500") }
        let database = try IdentityDatabase(file, manage)
        let (user, project) = (try database.user(user), try database.project(project))
        let secret = SecretText.random()
        let expiry = days.map { Timestamp(microseconds: Timestamp.now.microseconds + Int64($0) * 86_400_000_000) }
        let key = try database.perform(
            CreateAPIKey(
                APIKey(name: name, userID: user.id, projectID: project.id, expiresAt: expiry),
                secretDigest: TokenDigest(of: secret).text),
            on: "API key \(name)")
        print("OS_AUTH_TYPE=v3applicationcredential")
        print("OS_APPLICATION_CREDENTIAL_ID=\(key.id)")
        print("OS_APPLICATION_CREDENTIAL_SECRET=\(secret)")
    }
}

struct ListAPIKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the API keys.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Option(help: "Name or id.") var user: String?

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let user = try user.map { text throws(ManageError) in try database.user(text).id }
        let users = try database.perform(ListUsers(), on: "users").items
        let projects = try database.perform(ListProjects(), on: "projects").items
        printTable(
            ["ID", "NAME", "USER", "PROJECT", "EXPIRES"],
            try database.perform(ListAPIKeys(userID: user), on: "API keys").items.map { key in
                [
                    key.id, key.name, users.first { $0.id == key.userID }?.name ?? key.userID,
                    projects.first { $0.id == key.projectID }?.name ?? key.projectID, key.expiresAt?.v2Text ?? "-",
                ]
            })
    }
}

struct DeleteAPIKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take an API key away, with the tokens that were issued for it.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "The key's id.") var id: String

    func run() throws {
        try IdentityDatabase(file, manage).perform(DeleteAPIKey(id: id), on: "API key \(id)")
        print("API key \(id) is gone")
    }
}
