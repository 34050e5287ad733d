import Glibc
import Testing

/// A folder of files that is gone with the value that made it.
final class TemporaryFolder {
    let path: String
    private var files: [String] = []

    init() throws {
        var template = Array("/tmp/settings-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Makes a file, and removes it in the end.
    /// - Returns: its path.
    func write(_ text: String, to name: String) throws -> String {
        let descriptor = open(promise(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
        return "\(path)/\(name)"
    }

    /// The path of a file that somebody else will make, to be removed in the end.
    func promise(_ name: String) -> String {
        files.append(name)
        return "\(path)/\(name)"
    }

    deinit {
        for name in files { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

/// The text of a file of at most 1 MiB.
func textOfFile(at path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while text.count < 1 << 20 {
        let count = read(descriptor, &chunk, chunk.count)
        try #require(count >= 0)
        if count == 0 { break }
        text += chunk[..<count]
    }
    return String(decoding: text, as: UTF8.self)
}
