import ArgumentParser
import ImageModel

/// `glance-manage quota …`: limits of single tenants.
struct QuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Limits of single tenants, over those of [quota] in glance-api.conf.",
        discussion: "They count from the next request on; the daemons may run meanwhile.",
        subcommands: [SetQuotaCommand.self, ShowQuotaCommand.self, UnsetQuotaCommand.self])
}

/// The tenant that a command is about.
struct QuotaTenant: ParsableArguments {
    @Argument(help: "The project's name (flavor local) or a tenant's id.") var project: String

    /// The id under which images name their owner. A tenant of another flavor is known by its id alone.
    func owner(_ database: IdentityDatabase) throws -> String {
        if let project = try database.findProject(project) { return project.id }
        try checkName(project, as: .projectID)
        return project
    }
}

struct SetQuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set limits of a tenant; -1 is without limit.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @OptionGroup var tenant: QuotaTenant
    @Option(parsing: .unconditional, help: "Images.") var imageCountTotal: Int64?
    @Option(parsing: .unconditional, help: "MiB of images in the store.") var imageSizeTotal: Int64?
    @Option(parsing: .unconditional, help: "MiB that wait to be imported.") var imageStageTotal: Int64?
    @Option(parsing: .unconditional, help: "Uploads that run.") var imageCountUploading: Int64?

    func run() throws {
        var limits = TenantQuotas()
        limits[.imageCountTotal] = imageCountTotal
        limits[.imageSizeTotal] = imageSizeTotal
        limits[.imageStageTotal] = imageStageTotal
        limits[.imageCountUploading] = imageCountUploading
        guard !limits.isEmpty else { throw ValidationError("no limit is given") }
        guard limits.isValid else {
            throw ValidationError("a limit is a number from -1 to \(TenantQuotas.limitMax)")
        }
        let database = try IdentityDatabase(file, manage)
        let owner = try tenant.owner(database)
        printLimits(try database.perform(SetQuotas(owner: owner, limits: limits), on: "quotas of \(owner)"), of: owner)
    }
}

struct UnsetQuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Have the configuration's limits count again: those named, or all.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @OptionGroup var tenant: QuotaTenant
    @Flag var imageCountTotal = false
    @Flag var imageSizeTotal = false
    @Flag var imageStageTotal = false
    @Flag var imageCountUploading = false

    func run() throws {
        var removed: [QuotaName] = []
        if imageCountTotal { removed.append(.imageCountTotal) }
        if imageSizeTotal { removed.append(.imageSizeTotal) }
        if imageStageTotal { removed.append(.imageStageTotal) }
        if imageCountUploading { removed.append(.imageCountUploading) }
        let database = try IdentityDatabase(file, manage)
        let owner = try tenant.owner(database)
        let set = SetQuotas(
            owner: owner, limits: TenantQuotas(), removed: removed.isEmpty ? QuotaName.allCases : removed)
        printLimits(try database.perform(set, on: "quotas of \(owner)"), of: owner)
    }
}

struct ShowQuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is set for a tenant, and what it uses.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var file: DatabaseFile
    @OptionGroup var tenant: QuotaTenant

    func run() throws {
        let database = try IdentityDatabase(file, manage)
        let owner = try tenant.owner(database)
        let usage = try database.perform(GetUsage(owner: owner), on: "quotas of \(owner)")
        func used(_ name: QuotaName) -> String {
            switch name {
            case .imageCountTotal: "\(usage.images)"
            case .imageSizeTotal: "\(usage.bytesStored) bytes"
            case .imageStageTotal: "\(usage.bytesStaged) bytes"
            case .imageCountUploading: "\(usage.uploads)"
            }
        }
        printTable(
            ["QUOTA", "LIMIT", "USED"],
            QuotaName.allCases.map { [$0.rawValue, text(of: usage.quotas[$0], $0), used($0)] })
    }
}

/// A limit for an operator.
private func text(of limit: Int64?, _ name: QuotaName) -> String {
    switch limit {
    case nil: "as configured"
    case -1: "none"
    case let limit?: name.isSize ? "\(limit) MiB" : "\(limit)"
    }
}

private func printLimits(_ quotas: TenantQuotas, of owner: String) {
    print("tenant \(owner):")
    for name in QuotaName.allCases { print("  \(name.rawValue): \(text(of: quotas[name], name))") }
}
