import GRDB
import Glibc
import ImageModel

@testable import Registry

/// A registry database in a temporary folder that goes with it.
final class TestDatabase {
    let folder: String
    let database: RegistryDatabase

    var path: String { folder + "/registry.sqlite" }

    init(readers: Int = 4) throws {
        var template = Array("/tmp/registry-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw RegistryFailure.unavailable("mkdtemp: errno \(errno)") }
        folder = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        database = try RegistryDatabase(path: folder + "/registry.sqlite", readers: readers)
        // No power cut is looked for here, and thousands of commits need not wait for a disk.
        try database.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = OFF") }
    }

    deinit {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        rmdir(folder)
    }

    @discardableResult
    func perform<O: RegistryOperation>(_ operation: O) throws -> O.Answer { try database.perform(operation) }

    /// The failure of an operation; nil where it was done.
    func failure(of operation: some RegistryOperation) -> RegistryFailure? {
        do throws(RegistryFailure) {
            _ = try database.perform(operation)
            return nil
        } catch {
            return error
        }
    }

    /// Creates a queued image.
    @discardableResult
    func create(
        owner: String? = "tenant", visibility: Visibility = .shared, id: String = ImageID.random(),
        _ adjust: (inout Image) -> Void = { _ in }
    ) throws -> Image {
        var image = Image(id: id, owner: owner)
        image.visibility = visibility
        adjust(&image)
        return try perform(CreateImage(image: image))
    }

    /// Creates an image and gives it that many bytes of data.
    @discardableResult
    func createActive(owner: String? = "tenant", visibility: Visibility = .shared, bytes: Int64 = 10) throws -> Image {
        let image = try create(owner: owner, visibility: visibility)
        try begin(image, bytes: bytes)
        return try perform(finish(image, bytes: bytes))
    }

    @discardableResult
    func begin(
        _ image: Image, bytes: Int64 = 10, quota: Int64? = nil, failure: ImageStatus = .killed
    ) throws -> Image {
        try perform(beginning(image, bytes: bytes, quota: quota, failure: failure))
    }

    func beginning(
        _ image: Image, bytes: Int64 = 10, quota: Int64? = nil, failure: ImageStatus = .killed
    ) -> BeginUpload {
        BeginUpload(
            imageID: image.id, viewer: .admin, uploadID: "upload-" + image.id, bytes: bytes, storageQuota: quota,
            failureStatus: failure)
    }

    func finish(_ image: Image, bytes: Int64 = 10) -> FinishUpload {
        FinishUpload(
            imageID: image.id, uploadID: "upload-" + image.id, size: bytes, checksum: "c", hashAlgorithm: "sha512",
            hashValue: "h", virtualSize: nil, location: ImageLocation(url: "file:///data/" + image.id))
    }

    func failing(_ image: Image) -> FailUpload { FailUpload(imageID: image.id, uploadID: "upload-" + image.id) }

    func get(_ id: String, as viewer: Viewer = .admin) throws -> Image { try perform(GetImage(id: id, viewer: viewer)) }

    func share(_ image: Image, with member: String, canShare: Bool? = nil) throws {
        try perform(
            PutMembers(
                imageID: image.id, viewer: .admin,
                memberships: [Membership(memberID: member, canShare: canShare)], replacesAll: false))
    }

    /// An owner's row of the ledger.
    func usage(_ owner: String = "tenant") throws -> Usage {
        try database.pool.read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT images, bytes_stored, bytes_reserved, uploads_in_flight FROM usage WHERE owner = ?",
                arguments: [owner])
            return row.map(Usage.init) ?? Usage()
        }
    }
}

/// A row of the ledger, or what it ought to be.
struct Usage: Equatable {
    var images: Int64 = 0
    var stored: Int64 = 0
    var reserved: Int64 = 0
    var uploads: Int64 = 0

    init(images: Int64 = 0, stored: Int64 = 0, reserved: Int64 = 0, uploads: Int64 = 0) {
        self.images = images
        self.stored = stored
        self.reserved = reserved
        self.uploads = uploads
    }

    init(_ row: Row) {
        self.init(images: row[0], stored: row[1], reserved: row[2], uploads: row[3])
    }
}

extension Viewer {
    static let admin = Viewer(projectID: "admins", isAdmin: true)
    static let owner = Viewer(projectID: "tenant", isAdmin: false)
    static let stranger = Viewer(projectID: "stranger", isAdmin: false)
    static let anonymous = Viewer(projectID: nil, isAdmin: false)

    static func project(_ id: String) -> Viewer { Viewer(projectID: id, isAdmin: false) }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
