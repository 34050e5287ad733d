import ArgumentParser
import Credentials
import ImageModel

/// `glance-manage user …`: who may log in under the flavor `local`.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The users of the flavor local.",
        subcommands: [
            CreateUserCommand.self, ListUsersCommand.self, DisableUserCommand.self, EnableUserCommand.self,
            SetPasswordCommand.self, DeleteUserCommand.self,
        ])
}

struct CreateUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a user.",
        discussion: "With --project it gets a role there, and the project is its default.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @OptionGroup var password: PasswordSource
    @Argument(help: "The user's name.") var name: String
    @Option(help: ArgumentHelp("The user's default project.", valueName: "project")) var project: String?
    @Option(name: .customLong("role"), help: "A role in that project; may be repeated. Default: member.")
    var roles: [String] = []

    func run() throws {
        try checkName(name, as: .user)
        if project == nil, !roles.isEmpty { throw ValidationError("--role needs --project") }
        for role in roles { try checkRole(role) }
        let database = try IdentityDatabase(file, manage)
        let project = try project.map { text throws(ManageError) in try database.project(text) }
        guard try database.findUser(name) == nil else {
            throw ManageError(description: "there is a user \(name) already")
        }
        let user = try database.perform(
            CreateUser(
                IdentityUser(name: name, defaultProjectID: project?.id), passwordHash: password.hash(for: name)),
            on: "user \(name)")
        if let project {
            for role in roles.isEmpty ? ["member"] : roles {
                try database.perform(
                    GrantRole(userID: user.id, projectID: project.id, role: role), on: "role \(role)")
            }
        }
        print("user \(name) has the id \(user.id)")
    }
}

struct ListUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let projects = try database.perform(ListProjects(), on: "projects").items
        let names = Dictionary(uniqueKeysWithValues: projects.map { ($0.id, $0.name) })
        printTable(
            ["ID", "NAME", "ENABLED", "DEFAULT PROJECT"],
            try database.perform(ListUsers(), on: "users").items.map { user in
                [
                    user.id, user.name, user.isEnabled ? "yes" : "no",
                    user.defaultProjectID.map { names[$0] ?? $0 } ?? "-",
                ]
            })
    }
}

struct DisableUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Keep a user out, from now on; its tokens end.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var user: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(UpdateUser(id: database.user(user).id, isEnabled: false), on: "user \(user)")
        print("user \(user) is disabled")
    }
}

struct EnableUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Let a user in again.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var user: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(UpdateUser(id: database.user(user).id, isEnabled: true), on: "user \(user)")
        print("user \(user) is enabled")
    }
}

struct SetPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-password", abstract: "Give a user another password; its tokens end.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @OptionGroup var password: PasswordSource
    @Argument(help: "Name or id.") var user: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let found = try database.user(user)
        try database.perform(
            UpdateUser(id: found.id, passwordHash: password.hash(for: found.name)), on: "user \(user)")
        print("user \(found.name) has a new password")
    }
}

struct DeleteUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take a user away, with its roles, API keys and tokens; images stay.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var user: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(DeleteUser(id: database.user(user).id), on: "user \(user)")
        print("user \(user) is gone")
    }
}
