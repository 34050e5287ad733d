import Foundation
import Glibc
import Testing

@testable import WALIndex

/// The file is made by hand here, as SQLite's format says (https://sqlite.org/walformat.html §2.1); that of a real database
/// is in the journeys.
@Suite struct WALIndexFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wal-index-\(UUID())")
    private var path: String { folder.appendingPathComponent("x-shm").path }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// A header with so many transactions, twice.
    private func header(_ first: UInt32, _ second: UInt32? = nil, isInit: Bool = true) -> [UInt32] {
        func copy(_ count: UInt32) -> [UInt32] {
            [3_007_000, 0, count, isInit ? 0x1000_0001 : 0] + [UInt32](repeating: 7, count: 8)
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
    }

    @Test func whatIsBeingMadeIsNoState() throws {
        try write(header(0, isInit: false), to: path)
        #expect(try opened().look() == .changing)
        try write([UInt32](repeating: 0, count: 24), to: path)
        #expect(try opened().look() == .changing)
    }

    @Test func anotherFileInItsPlaceEndsIt() throws {
        try write(header(1), to: path)
        let file = try opened()
        try write(header(1), to: path + ".new")
        #expect(rename(path + ".new", path) == 0)
        #expect(file.look() == .gone)
        // A second name keeps a file alive that is no longer the database's.
        let second = try opened()
        #expect(link(path, path + ".link") == 0)
        #expect(unlink(path) == 0)
        #expect(second.look() == .gone)
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
        try write(header(1), bytes: 1000, to: path)
        #expect(WALIndexFile(try #require(WALIndexPlace(at: path))) == nil)
        #expect(WALIndexPlace(at: path + "2") == nil)
    }
}
