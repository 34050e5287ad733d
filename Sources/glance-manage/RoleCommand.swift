import ArgumentParser
import Glibc
import ImageModel

/// `glance-manage role …`: who may do what where.
struct RoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "The roles of users in projects.",
        discussion: "Glance's rules name admin, member, reader and service; a policy file may name others.",
        subcommands: [AddRoleCommand.self, RemoveRoleCommand.self, ListRolesCommand.self])
}

struct AddRoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Give a user a role in a project.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "The role.") var role: String
    @Option(help: "Name or id.") var user: String
    @Option(help: "Name or id.") var project: String

    func run() throws {
        try checkRole(role)
        let database = try IdentityDatabase(file, manage)
        let (user, project) = (try database.user(user), try database.project(project))
        try database.perform(GrantRole(userID: user.id, projectID: project.id, role: role), on: "role \(role)")
        print("user \(user.name) has the role \(role) in project \(project.name)")
    }
}

struct RemoveRoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Take a role from a user.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "The role.") var role: String
    @Option(help: "Name or id.") var user: String
    @Option(help: "Name or id.") var project: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let (user, project) = (try database.user(user), try database.project(project))
        try database.perform(WithdrawRole(userID: user.id, projectID: project.id, role: role), on: "role \(role)")
        print("user \(user.name) no longer has the role \(role) in project \(project.name)")
    }
}

struct ListRolesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List who has which role where.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Option(help: "Name or id.") var user: String?
    @Option(help: "Name or id.") var project: String?

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let user = try user.map { text throws(ManageError) in try database.user(text).id }
        let project = try project.map { text throws(ManageError) in try database.project(text).id }
        printTable(
            ["PROJECT", "USER", "ROLE"],
            try database.perform(ListAssignments(userID: user, projectID: project), on: "roles").items.map {
                [$0.project.name, $0.user.name, $0.role]
            })
    }
}

/// A role that no rule names by default may be what a policy file wants, or a slip of the hand.
func checkRole(_ role: String) throws(ManageError) {
    if let problem = IdentityRole.problem(with: role) { throw ManageError(description: "role \(role): \(problem)") }
    guard !IdentityRole.known.contains(role.lowercased()) else { return }
    let known = IdentityRole.known.joined(separator: ", ")
    let text = Array("Warning: of the rules by default none names the role \(role), but \(known)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
}
