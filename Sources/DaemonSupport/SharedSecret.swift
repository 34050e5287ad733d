import CLinux
import Glibc
import Posix

/// The secret that both daemons know: a file that the registry makes at its first start and the API reads.
public enum SharedSecret {
    /// Why the secret can't be used.
    public struct Unusable: Error, CustomStringConvertible {
        public let description: String
    }

    private static let bytesMax = 4096

    /// The secret in the file; made with mode 0600 where there is none.
    public static func make(at path: String) throws -> String {
        do throws(Errno) {
            let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            var generator = SystemRandomNumberGenerator()
            let text = (0..<32).map { _ in
                let byte = UInt8.random(in: 0...255, using: &generator)
                return String(byte >> 4, radix: 16) + String(byte & 0x0F, radix: 16)
            }.joined()
            let bytes = Array((text + "\n").utf8)
            try file.writeAll(bytes, at: 0)
            try file.sync()
        } catch {
            guard error.code == EEXIST else { throw error }
        }
        return try read(at: path)
    }

    /// The secret in the file.
    ///
    /// - Throws: `Errno` where it can't be read; `Unusable` where others may read it, or it is no secret.
    public static func read(at path: String) throws -> String {
        let file = try Descriptor.open(path, O_RDONLY)
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno.last("fstat \(path)") }
        guard status.st_mode & 0o077 == 0 else {
            throw Unusable(description: "\(path) can be read by others: chmod 600 it")
        }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 1)
        defer { room.deallocate() }
        let count = try file.read(into: room, at: 0)
        let secret = room[..<count].filter { $0 > 0x20 && $0 < 0x7F }
        guard secret.count >= 16 else { throw Unusable(description: "\(path) holds no secret: remove it and restart") }
        return String(decoding: secret, as: UTF8.self)
    }
}
