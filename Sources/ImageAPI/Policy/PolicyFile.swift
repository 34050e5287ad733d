import Glibc
import JSONText

/// Why a file of policies or of property protections can't be used. The start is refused with it.
public struct PolicyFileError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// Counted from 1; nil where the file as a whole is meant.
    public let line: Int?
    /// What is wrong.
    public let reason: String

    init(_ path: String, line: Int? = nil, _ reason: String) {
        self.path = path
        self.line = line
        self.reason = reason
    }

    /// `path:line: reason`, on one line whatever the file holds.
    public var description: String {
        let text = line.map { "\(path):\($0): \(reason)" } ?? "\(path): \(reason)"
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar in
                    scalar.properties.generalCategory == .control
                        ? Array(scalar.escaped(asASCII: true).unicodeScalars) : [scalar]
                }))
    }
}

/// The rules of a policy file as they stand there, in order; of several with one name the last counts.
struct PolicyFile {
    let path: String
    private(set) var rules: [(name: String, value: JSONValue)] = []
    /// Of a YAML file.
    private var lines: [String: Int] = [:]
    /// Of a JSON file.
    private var json: [UInt8] = []

    /// The largest file that is read.
    static let bytesMax = 1 << 20

    /// Reads a file in JSON, or in the form of YAML that Glance's own policy files have (see `FlatYAML`).
    init(reading path: String) throws(PolicyFileError) {
        try self.init(path: path, bytes: try Self.read(path))
    }

    init(path: String, bytes: [UInt8]) throws(PolicyFileError) {
        self.path = path
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PolicyFileError(path, "is not valid UTF-8")
        }
        // Newer Glance reads policy.json as YAML: the content says what it is, not the name.
        guard bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") else {
            for rule in try FlatYAML(text, path: path).rules {
                rules.append((rule.name, rule.value))
                lines[rule.name] = rule.line
            }
            return
        }
        json = bytes
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw PolicyFileError(path, line: Self.line(of: error.offset, in: bytes), "is not JSON: \(error.reason)")
        }
        for member in value.object?.members ?? [] { rules.append((member.name, member.value)) }
    }

    /// Where a rule stands; nil where that can't be told. Looked up when something is wrong only.
    func line(of name: String) -> Int? {
        if json.isEmpty { return lines[name] }
        let key = Array("\"\(name)\"".utf8)
        var found: Int?
        var start = 0
        while start + key.count < json.count {
            if json[start] == key[0], json[start..<start + key.count].elementsEqual(key),
                json[(start + key.count)...].first(where: { $0 > 0x20 }) == UInt8(ascii: ":")
            {
                found = start
            }
            start += 1
        }
        return found.map { Self.line(of: $0, in: json) }
    }

    private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        bytes.prefix(offset).count { $0 == 0x0A } + 1
    }

    /// A whole file of `bytesMax` at the most.
    static func read(_ path: String) throws(PolicyFileError) -> [UInt8] {
        // open(2) would stop at the NUL and read another file.
        guard !path.utf8.contains(0) else { throw PolicyFileError(path, "has a NUL in its name") }
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw PolicyFileError(path, "cannot be opened: \(text(of: errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= bytesMax {
            let count = retrying { Glibc.read(descriptor, &piece, piece.count) }
            guard count >= 0 else { throw PolicyFileError(path, "cannot be read: \(text(of: errno))") }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
        throw PolicyFileError(path, "is larger than \(bytesMax) bytes")
    }

    private static func retrying<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }

    private static func text(of code: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
