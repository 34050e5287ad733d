import Foundation
import Glibc
import Testing

@testable import WALIndex

/// The file is made by hand here, as SQLite's format says (https://sqlite.org/walformat.html §2.1); that of a real database
/// is in the journeys.
@Suite struct WALIndexFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wal-index-\(UUID())")
    private var path: String { folder.appendingPathComponent("x-shm").path }

    /// Another process that has the wal-index open: a read lock on SQLite's own byte.
    private final class User {
        private let process = Process()
        private let input = Pipe()

        init(_ path: String) throws {
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            let program =
                "import fcntl, sys; f = open(sys.argv[1], 'r+b'); "
                + "fcntl.lockf(f, fcntl.LOCK_SH, 1, 128); print('locked', flush=True); sys.stdin.read()"
            process.arguments = ["python3", "-c", program, path]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            #expect(try output.fileHandleForReading.read(upToCount: 7) == Data("locked\n".utf8))
        }

        func end() {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        deinit { end() }
    }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// A header with so many transactions, twice.
    private func header(_ first: UInt32, _ second: UInt32? = nil, isInit: Bool = true, salt: UInt32 = 7) -> [UInt32] {
        func copy(_ count: UInt32) -> [UInt32] {
            [3_007_000, 0, count, isInit ? 0x1000_0001 : 0, 7, 7, 7, 7, salt, salt, 7, 7]
        }
        return copy(first) + copy(second ?? first)
    }

    private func write(_ words: [UInt32], bytes: Int = 32768, to path: String) throws {
        var data = words.withUnsafeBytes { Data($0) }
        data.append(Data(count: bytes - data.count))
        try data.write(to: URL(fileURLWithPath: path))
    }

    /// In place, as SQLite does it through its mapping.
    private func overwrite(_ words: [UInt32]) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.write(contentsOf: words.withUnsafeBytes { Data($0) })
        try file.close()
    }

    private func opened() throws -> WALIndexFile {
        let place = try #require(WALIndexPlace(at: path))
        return try #require(WALIndexFile(place))
    }

    @Test func aCommitIsSeen() throws {
        try write(header(1), to: path)
        let user = try User(path)
        let file = try opened()
        let first = file.look()
        guard case .state = first else { throw CocoaError(.fileReadUnknown) }
        #expect(file.look() == first)
        try overwrite(header(1, 2))
        #expect(file.look() == .changing)
        try overwrite(header(2))
        #expect(file.look() != first && file.look() != .changing)
        try overwrite(header(1))
        #expect(file.look() == first)
        user.end()
        #expect(file.look() == .gone)
    }

    @Test func whatIsBeingMadeIsNoState() throws {
        try write(header(0), to: path)
        let user = try User(path)
        defer { user.end() }
        let file = try opened()
        #expect(file.look() != .changing)
        try overwrite(header(0, isInit: false))
        #expect(file.look() == .changing)
        try overwrite([UInt32](repeating: 0, count: 24))
        #expect(file.look() == .changing)
        // Without salts all databases look alike.
        try overwrite(header(1, salt: 0))
        #expect(file.look() == .changing)
        // Whoever cuts it short ends nobody's process.
        #expect(truncate(path, 0) == 0)
        #expect(file.look() == .changing)
        #expect(truncate(path, 60) == 0)
        #expect(file.look() == .changing)
    }

    @Test func onlyThatFileIsOpened() throws {
        try write(header(1), to: path)
        let place = try #require(WALIndexPlace(at: path))
        func isOpened(boot: String? = nil, path: String? = nil, device: UInt64 = 0, inode: UInt64 = 0) -> Bool {
            let other = WALIndexPlace(
                boot: boot ?? place.boot, path: path ?? place.path, device: place.device + device,
                inode: place.inode + inode)
            return WALIndexFile(other) != nil
        }
        #expect(isOpened())
        #expect(!isOpened(boot: "51ae6b10-0b3c-4a6c-8b3e-0123456789ab"))
        #expect(!isOpened(path: path + "2"))
        #expect(!isOpened(device: 1))
        #expect(!isOpened(inode: 1))
        let folderPlace = try #require(WALIndexPlace(at: folder.path))
        #expect(WALIndexFile(folderPlace) == nil)
        #expect(WALIndexPlace(at: path + "2") == nil)
    }
}
