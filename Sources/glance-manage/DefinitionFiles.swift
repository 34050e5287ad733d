import DaemonSupport
import Glibc
import ImageModel
import JSONText

/// The JSON files in which metadata definitions come and go: one namespace each.
enum DefinitionFiles {
    /// Bytes of a file at the most: some fifty times the largest that OpenStack ships.
    private static let bytesMax = 4 << 20

    /// The files of a folder in the order of their names, or the one file.
    ///
    /// - Throws: `SmallFileError` where there is none.
    static func paths(_ path: String) throws(SmallFileError) -> [String] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SmallFileError(path, "cannot be read", errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
        guard let folder = opendir(path) else { throw SmallFileError(path, "cannot be read", errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".json") { names.append(name) }
        }
        guard !names.isEmpty else { throw SmallFileError(path, "holds no .json file") }
        return names.sorted().map { "\(path)/\($0)" }
    }

    /// The definition in a file.
    ///
    /// - Throws: `SmallFileError`.
    static func read(_ path: String) throws(SmallFileError) -> MetadefDefinition {
        let bytes = try SmallFile.read(path, bytesMax: bytesMax)
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw SmallFileError(path, "is not JSON: \(error)")
        }
        // What was saved from the API has members that are the service's own.
        var members = JSONObject()
        for member in json.object?.members ?? [] where !MetadefDefinition.readOnlyMembers.contains(member.name) {
            members.append(member.name, member.value)
        }
        do throws(MetadefBodyError) {
            // Glance's owner of definitions that name none.
            return try MetadefDefinition(body: json.object == nil ? json : .object(members), owner: "admin")
        } catch {
            throw SmallFileError(path, "is no metadata definition: \(error.text)")
        }
    }

    /// Writes each definition into a file of its own and tells their paths.
    static func write(_ definitions: [MetadefDefinition], to folder: String) throws(SmallFileError) -> [String] {
        var taken: Set<String> = []
        var paths: [String] = []
        for definition in definitions {
            var name = fileName(definition.namespace.displayName ?? "")
            if name.isEmpty || taken.contains(name) { name = fileName(definition.namespace.name) }
            while name.isEmpty || taken.contains(name) { name += "x" }
            taken.insert(name)
            let path = "\(folder)/\(name).json"
            try SmallFile.write(json(definition).serialized + [UInt8(ascii: "\n")], to: path)
            paths.append(path)
        }
        return paths
    }

    /// As Glance makes it of a display name: its letters and digits.
    private static func fileName(_ text: String) -> String {
        String(text.filter { ($0.isLetter || $0.isNumber) && $0.isASCII }.prefix(100))
    }

    private static func json(_ definition: MetadefDefinition) -> JSONValue {
        let namespace = definition.namespace
        func named(_ kind: MetadefKind) -> JSONValue {
            .array(
                definition[kind].map { part in
                    var json = JSONObject()
                    json.append("name", .string(part.name))
                    for member in part.details.object?.members ?? [] { json.append(member.name, member.value) }
                    return .object(json)
                })
        }
        var json = JSONObject()
        json.append("namespace", .string(namespace.name))
        if let text = namespace.displayName { json.append("display_name", .string(text)) }
        if let text = namespace.description { json.append("description", .string(text)) }
        json.append("visibility", .string(namespace.visibility.rawValue))
        json.append("protected", .bool(namespace.isProtected))
        if let owner = namespace.owner { json.append("owner", .string(owner)) }
        json.append("resource_type_associations", named(.resourceType))
        var properties = JSONObject()
        for part in definition[.property] { properties.append(part.name, part.details) }
        json.append("properties", .object(properties))
        json.append("objects", named(.object))
        json.append("tags", named(.tag))
        return .object(json)
    }
}

extension MetadefBodyError {
    fileprivate var text: String {
        switch self {
        case .mismatch(let schema, let reason): "as a \(schema): \(reason)"
        case .readOnly(let name): "'\(name)' is not its to say"
        case .duplicate(let kind, let name): "the \(kind.rawValue) '\(name)' is there twice"
        case .character(let isNUL): isNUL ? "it has a NUL character" : "it has a character beyond U+FFFF"
        }
    }
}
