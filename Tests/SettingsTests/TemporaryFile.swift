import Glibc
import Testing

/// A file that is gone with the value that made it.
final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        try #require(!text.isEmpty)
        var template = Array("/tmp/settings-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    deinit {
        unlink(path)
    }
}
