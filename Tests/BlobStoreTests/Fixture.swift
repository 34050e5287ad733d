import FoundationEssentials
import Glibc
import Posix

@testable import BlobStore

/// A store in a folder of its own, gone with the fixture.
final class Fixture: Sendable {
    static let pool = BlockingPool(name: "store", threadsMax: 4)
    static let digestPool = BlockingPool(name: "digest", threadsMax: 2)
    static let id = "71c675ab-d94f-49cd-a114-e12490b328d9"

    let path: String
    let store: FilesystemStore

    init(pool: BlockingPool = Fixture.pool, cachedBytes: Int64? = nil) throws {
        path = try Self.makeFolder()
        store = try FilesystemStore(
            directory: "\(path)/images", pool: pool, digestPool: Self.digestPool, cachedBytes: cachedBytes)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    static func makeFolder() throws -> String {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/blobstore-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno.last("mkdtemp") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What lies in the folder, but for the store's own two names.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/images")
            .filter { $0 != ".lock" && $0 != ".staging" }.sorted()
    }

    func stagingFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/images/.staging").sorted()
    }

    /// This process's descriptors of files in the folder.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { number in
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = target.withUnsafeMutableBytes { buffer in
                let characters = buffer.assumingMemoryBound(to: CChar.self)
                guard let start = characters.baseAddress else { return -1 }
                return readlink("/proc/self/fd/\(number)", start, characters.count)
            }
            return count > 0 && String(decoding: target[..<count], as: UTF8.self).hasPrefix(path)
        }
    }

    func readAll(_ id: String = Fixture.id) async throws -> [UInt8] {
        let blob = try await store.open(id: id)
        var bytes: [UInt8] = []
        while true {
            let more = try await blob.read(at: Int64(bytes.count), bytesMax: 3 << 20)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}

/// Bytes with known digests.
enum Sample {
    static let all: [UInt8] = (0..<(10 << 20) + 3).map {
        UInt8(truncatingIfNeeded: (UInt64($0) &* 2_654_435_761) >> 13)
    }

    static func bytes(_ count: Int) -> [UInt8] { Array(all[..<count]) }

    /// A LUKS volume whose payload begins at 0.
    static func luks(_ count: Int) -> [UInt8] {
        [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0, 1] + [UInt8](repeating: 0, count: 200) + bytes(count - 208)
    }
}

extension UploadSink {
    /// Submits the bytes in pieces of at most that size.
    func send(_ bytes: [UInt8], pieceBytes: Int = UploadSink.bufferBytes) async throws {
        var start = 0
        while start < bytes.count {
            let count = min(pieceBytes, bytes.count - start)
            let buffer = try await buffer()
            buffer.bytes.copyBytes(from: bytes[start..<start + count])
            try submit(buffer, bytes: count)
            start += count
        }
    }
}

/// Asks again until the condition holds; false when it did not within two minutes.
func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = Deadline.after(seconds: 120)
    while try !condition() {
        if deadline.isOver { return false }
        await Task.yield()
    }
    return true
}
