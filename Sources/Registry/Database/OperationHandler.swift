import GRDB
import ImageModel
import JSONText

/// An operation as it runs on the database, inside a transaction that its handler has begun.
protocol StoredOperation: RegistryOperation {
    func run(in db: Database) throws -> Answer

    /// The answer as JSON text. What is asked for often writes it straight from the rows.
    func answer(in db: Database) throws -> [UInt8]
}

extension StoredOperation {
    func answer(in db: Database) throws -> [UInt8] { try run(in: db).json.serialized }
}

/// Whether an operation may run beside others.
enum OperationAccess: Sendable {
    /// Reads in one statement, or in several that need not see the same moment: no transaction of its own.
    case readOne
    /// Reads in several statements that see one moment.
    case read
    case write
}

/// The way from an operation's name to its transaction.
struct OperationHandler: Sendable {
    let name: String
    let access: OperationAccess
    /// See `RegistryOperation`.
    let isRepeated: Bool
    let answer: @Sendable (RegistryDatabase, JSONValue) throws -> [UInt8]

    init<O: StoredOperation>(_: O.Type, _ access: OperationAccess) {
        name = O.name
        self.access = access
        isRepeated = O.isRepeated
        answer = { database, json in
            let operation = try O(json: json)
            return try database.transaction(access) { db in try operation.answer(in: db) }
        }
    }

    /// Everything that the registry does.
    static let all: [OperationHandler] = [
        OperationHandler(Ping.self, .readOne),
        OperationHandler(LocateWALIndex.self, .readOne),

        OperationHandler(GetImage.self, .readOne),
        OperationHandler(ListImages.self, .readOne),
        OperationHandler(CreateImage.self, .write),
        OperationHandler(UpdateImage.self, .write),
        OperationHandler(DeleteImage.self, .write),
        OperationHandler(SetDeactivation.self, .write),
        OperationHandler(AddTag.self, .write),
        OperationHandler(RemoveTag.self, .write),

        OperationHandler(BeginUpload.self, .write),
        OperationHandler(GrowUpload.self, .write),
        OperationHandler(FinishUpload.self, .write),
        OperationHandler(FinishCopy.self, .write),
        OperationHandler(FailUpload.self, .write),
        OperationHandler(KillImage.self, .write),
        OperationHandler(ActivateLocation.self, .write),

        OperationHandler(ListMembers.self, .read),
        OperationHandler(PutMembers.self, .write),
        OperationHandler(AddMember.self, .write),
        OperationHandler(DeleteMember.self, .write),
        OperationHandler(UpdateMemberStatus.self, .write),
        OperationHandler(ListSharedImages.self, .read),

        OperationHandler(CreateTask.self, .write),
        OperationHandler(ClaimTask.self, .write),
        OperationHandler(RenewLeases.self, .write),
        OperationHandler(UpdateTask.self, .write),
        OperationHandler(ListUnfinishedTasks.self, .read),
        OperationHandler(StartImport.self, .write),
        OperationHandler(FinishStagedImport.self, .write),
        OperationHandler(FailImport.self, .write),
        OperationHandler(GetTask.self, .readOne),
        OperationHandler(ListTasks.self, .read),
        OperationHandler(ListImageTasks.self, .read),
        OperationHandler(GetUsage.self, .read),
        OperationHandler(CheckRoom.self, .read),
        OperationHandler(SetQuotas.self, .write),

        OperationHandler(ListMetadefNamespaces.self, .read),
        OperationHandler(GetMetadefNamespace.self, .read),
        OperationHandler(CreateMetadefNamespace.self, .write),
        OperationHandler(UpdateMetadefNamespace.self, .write),
        OperationHandler(DeleteMetadefNamespace.self, .write),
        OperationHandler(ListMetadefResourceTypes.self, .readOne),
        OperationHandler(ListMetadefParts.self, .read),
        OperationHandler(GetMetadefPart.self, .read),
        OperationHandler(AddMetadefParts.self, .write),
        OperationHandler(UpdateMetadefPart.self, .write),
        OperationHandler(DeleteMetadefParts.self, .write),

        OperationHandler(RecoverUploads.self, .write),
        OperationHandler(FindOrphans.self, .read),
        OperationHandler(ListReclaims.self, .read),
        OperationHandler(SettleReclaim.self, .write),
        OperationHandler(ListScrubbable.self, .read),
        OperationHandler(ScrubImage.self, .write),

        OperationHandler(GetGrant.self, .read),
        OperationHandler(IssueToken.self, .write),
        OperationHandler(ValidateToken.self, .read),
        OperationHandler(RevokeToken.self, .write),
        OperationHandler(GetUser.self, .readOne),
        OperationHandler(ListUsers.self, .readOne),
        OperationHandler(CreateUser.self, .write),
        OperationHandler(UpdateUser.self, .write),
        OperationHandler(DeleteUser.self, .write),
        OperationHandler(ListProjects.self, .readOne),
        OperationHandler(CreateProject.self, .write),
        OperationHandler(UpdateProject.self, .write),
        OperationHandler(DeleteProject.self, .write),
        OperationHandler(ListRoles.self, .readOne),
        OperationHandler(CreateRole.self, .write),
        OperationHandler(DeleteRole.self, .write),
        OperationHandler(GrantRole.self, .write),
        OperationHandler(WithdrawRole.self, .write),
        OperationHandler(ListAssignments.self, .readOne),
        OperationHandler(GetAPIKey.self, .read),
        OperationHandler(CreateAPIKey.self, .write),
        OperationHandler(ListAPIKeys.self, .readOne),
        OperationHandler(DeleteAPIKey.self, .write),
    ]

    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
