import GRDB
import GlanceHTTP
import ImageModel
import JSONText

/// What `/rpc` does at a command's name: the functions of Glance's database layer, as glance-api calls them with
/// `data_api = glance.db.registry.api`. Tasks and metadata definitions are not among them.
struct RPCCommand: Sendable {
    let access: OperationAccess
    let run: @Sendable (RPCArguments, Database) throws -> JSONValue

    static let all: [String: RPCCommand] = [
        "image_get": .read(RPCImages.get),
        "image_get_all": .read(RPCImages.getAll),
        "image_create": .write(RPCImages.create),
        "image_update": .write(RPCImages.update),
        "image_destroy": .write(RPCImages.destroy),
        "user_get_storage_usage": .read(RPCImages.storageUsage),

        "image_member_find": .read(RPCMembers.find),
        "image_member_count": .read(RPCMembers.count),
        "image_member_create": .write(RPCMembers.create),
        "image_member_update": .write(RPCMembers.update),
        "image_member_delete": .write(RPCMembers.delete),

        "image_tag_get_all": .read(RPCTags.getAll),
        "image_tag_set_all": .write(RPCTags.setAll),
        "image_tag_create": .write(RPCTags.create),
        "image_tag_delete": .write(RPCTags.delete),
    ]

    private static func read(_ run: @escaping @Sendable (RPCArguments, Database) throws -> JSONValue) -> RPCCommand {
        RPCCommand(access: .read, run: run)
    }

    private static func write(_ run: @escaping @Sendable (RPCArguments, Database) throws -> JSONValue) -> RPCCommand {
        RPCCommand(access: .write, run: run)
    }
}

/// A command's `kwargs`, and who calls.
struct RPCArguments: Sendable {
    let viewer: Viewer
    /// Images on a page at the most.
    let rowsMax: Int
    /// An object.
    let values: JSONValue

    /// The argument; `null` counts as not given.
    subscript(name: String) -> JSONValue? { values[name].flatMap { $0 == .null ? nil : $0 } }

    func text(_ name: String) throws(APIError) -> String {
        guard let text = try optionalText(name) else { throw .badValue(name, "a text") }
        return text
    }

    func optionalText(_ name: String) throws(APIError) -> String? { try PikeValue.text(name, values[name] ?? .null) }

    /// The members of an argument, read as the arguments themselves are.
    func nested(_ name: String) throws(APIError) -> RPCArguments {
        RPCArguments(viewer: viewer, rowsMax: rowsMax, values: try object(name))
    }

    func object(_ name: String) throws(APIError) -> JSONValue {
        guard let value = self[name], value.object != nil else { throw .badValue(name, "an object") }
        return value
    }
}

extension PikeAPI {
    /// Commands of one request: their results are in memory together.
    private static let commandsMax = 100

    /// Commands run in order, each in a transaction of its own; all of them are looked at before the first one runs. One
    /// that fails says so in its result.
    func runCommands(_ call: PikeCall) throws(APIError) -> [UInt8] {
        guard let entries = call.body?.array else { throw .commandsNoList }
        guard entries.count <= Self.commandsMax else { throw .tooManyCommands(max: Self.commandsMax) }
        var commands: [(RPCCommand, RPCArguments)] = []
        for entry in entries {
            let values = entry["kwargs"] ?? .null
            guard let name = entry["command"]?.string, !name.isEmpty, values == .null || values.object != nil else {
                throw .badCommand
            }
            guard let command = RPCCommand.all[name] else { throw .notFound }
            commands.append((command, RPCArguments(viewer: call.viewer, rowsMax: options.rows.max, values: values)))
        }
        let results = commands.map { result(of: $0.0, $0.1, call) }
        return JSONValue.array(results).serialized
    }

    private func result(of command: RPCCommand, _ arguments: RPCArguments, _ call: PikeCall) -> JSONValue {
        do throws(APIError) {
            if command.access == .write { try call.requireWriter() }
            return try transaction(command.access) { db in try command.run(arguments, db) }
        } catch {
            return RPCBody.failure(error)
        }
    }
}
