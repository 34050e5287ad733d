import Glibc

/// A file that an operator wrote, read as a whole.
public enum SmallFile {
    /// - Parameter bytesMax: what a file of its kind may have at the most.
    /// - Throws: `SmallFileError`, which names the file.
    public static func read(_ path: String, bytesMax: Int) throws(SmallFileError) -> [UInt8] {
        // open(2) would stop at the NUL and read another file.
        guard !path.utf8.contains(0) else { throw SmallFileError(path, "has a NUL in its name") }
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SmallFileError(path, "cannot be opened", errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= bytesMax {
            let count = retrying { Glibc.read(descriptor, &piece, piece.count) }
            guard count >= 0 else { throw SmallFileError(path, "cannot be read", errno) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
        throw SmallFileError(path, "is larger than \(bytesMax) bytes")
    }

    /// Makes the file, or replaces what is in it.
    ///
    /// - Throws: `SmallFileError`, which names the file.
    public static func write(_ bytes: [UInt8], to path: String) throws(SmallFileError) {
        let descriptor = retrying { open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644) }
        guard descriptor >= 0 else { throw SmallFileError(path, "cannot be made", errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = retrying { rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
            guard count >= 0 else { throw SmallFileError(path, "cannot be written", errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func retrying<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }
}

/// Why a file can't be used.
public struct SmallFileError: Error, CustomStringConvertible {
    public let description: String

    /// - Parameter reason: what follows the file's name in a sentence.
    public init(_ path: String, _ reason: String) { description = "\(path) \(reason)" }

    /// With what the system said.
    public init(_ path: String, _ reason: String, _ code: CInt) {
        var buffer = [CChar](repeating: 0, count: 256)
        let text =
            strerror_r(code, &buffer, buffer.count) == 0
            ? String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "error \(code)"
        self.init(path, "\(reason): \(text)")
    }
}
