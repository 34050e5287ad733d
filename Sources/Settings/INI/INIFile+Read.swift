import Glibc

extension INIFile {
    /// Reads and parses a file. One that cannot be read, or that is larger than `bytesMax`, is a problem of its own.
    init(reading path: String) {
        do {
            self.init(path: path, bytes: try Self.readBytes(path))
        } catch {
            self.init(unreadable: error)
        }
    }

    private static func readBytes(_ path: String) throws(SettingsProblem) -> [UInt8] {
        let origin = SettingOrigin.file(path: path, line: nil)
        // open(2) would stop at the NUL and read another file.
        guard !path.utf8.contains(0) else { throw SettingsProblem(origin, "has a NUL in its name") }
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SettingsProblem(origin, "cannot be opened: \(errorText(errno))") }
        defer { close(descriptor) }

        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= bytesMax {
            let count = retrying { read(descriptor, &chunk, chunk.count) }
            guard count >= 0 else { throw SettingsProblem(origin, "cannot be read: \(errorText(errno))") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw SettingsProblem(origin, "is larger than \(bytesMax) bytes")
    }

    private static func retrying<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }

    private static func errorText(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
