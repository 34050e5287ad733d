import ArgumentParser
import ImageModel

/// `glance-manage project …`: the tenants of the flavor `local`.
struct ProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "The projects (tenants) of the flavor local.",
        subcommands: [
            CreateProjectCommand.self, ListProjectsCommand.self, DisableProjectCommand.self,
            EnableProjectCommand.self, DeleteProjectCommand.self,
        ])
}

struct CreateProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a project.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "The project's name.") var name: String
    @Option(help: "What it is for.") var description = ""
    @Option(help: "Its id, such as that of a tenant whose images are here already. Default: a new one.")
    var id: String?

    func run() throws {
        let project = try IdentityDatabase(file, manage).perform(
            CreateProject(IdentityProject(id: id ?? IdentityID.random(), name: name, description: description)),
            on: "project \(name)")
        print("project \(name) has the id \(project.id)")
    }
}

struct ListProjectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the projects.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile

    func run() throws {
        printTable(
            ["ID", "NAME", "ENABLED", "DESCRIPTION"],
            try IdentityDatabase(file, manage).perform(ListProjects(), on: "projects").items.map {
                [$0.id, $0.name, $0.isEnabled ? "yes" : "no", $0.description]
            })
    }
}

struct DisableProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Keep everybody out of a project; its images stay.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var project: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(
            UpdateProject(id: database.project(project).id, isEnabled: false), on: "project \(project)")
        print("project \(project) is disabled")
    }
}

struct EnableProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Open a project again.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var project: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(
            UpdateProject(id: database.project(project).id, isEnabled: true), on: "project \(project)")
        print("project \(project) is enabled")
    }
}

struct DeleteProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take a project away, with its roles, API keys and tokens; its images stay.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @Argument(help: "Name or id.") var project: String

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        try database.perform(DeleteProject(id: database.project(project).id), on: "project \(project)")
        print("project \(project) is gone")
    }
}
