import Dispatch
import GRDB
import ImageModel
import Synchronization
import Testing

@testable import Registry

@Suite struct LedgerTests {
    /// The ledger as it stands and as the rows add up to it; owners without anything are left out.
    static func ledgers(_ db: Database) throws -> (kept: [String: Usage], counted: [String: Usage]) {
        func table(_ sql: String) throws -> [String: Usage] {
            var table: [String: Usage] = [:]
            for row in try Row.fetchAll(db, sql: sql) { table[row[4]] = Usage(row) }
            return table.filter { $0.value != Usage() }
        }
        let kept = try table("SELECT images, bytes_stored, bytes_reserved, uploads_in_flight, owner FROM usage")
        let counted = try table(
            """
            SELECT SUM(images), SUM(stored), SUM(reserved), SUM(uploads), owner FROM (
                SELECT 1 AS images, 0 AS stored, 0 AS reserved, 0 AS uploads, COALESCE(owner, '') AS owner
                FROM images WHERE status NOT IN ('deleted', 'pending_delete')
                UNION ALL SELECT 0, COALESCE(bytes, 0), 0, 0, COALESCE(owner, '')
                FROM image_locations JOIN images ON images.id = image_id
                UNION ALL SELECT 0, bytes, 0, 0, owner FROM reclaims
                UNION ALL SELECT 0, 0, bytes, 1, owner FROM uploads
            ) GROUP BY owner
            """)
        return (kept, counted)
    }

    /// With changes of owners an admin may carry a tenant over its quota; without them nothing does.
    @Test(arguments: [UInt64(1), 2, 3], [true, false])
    func ledgerEqualsTheSumOverRowsAfterEveryStep(_ seed: UInt64, changesOwners: Bool) throws {
        let test = try TestDatabase()
        var generator = SeededGenerator(seed: seed)
        var ids: [String] = []
        var done: [String: Int] = [:]
        for step in 0..<400 {
            let id = ids.randomElement(using: &generator) ?? ImageID.random()
            let reserved = try test.database.pool.read { db in try Upload.running(for: id, in: db)?.bytes ?? 0 }
            let operation = Self.randomOperation(
                on: id, reserved: reserved, changesOwners: changesOwners, &ids, &generator)
            if test.failure(of: operation) == nil { done[type(of: operation).name, default: 0] += 1 }
            let (kept, counted, strays) = try test.database.pool.read { db in
                let ledgers = try Self.ledgers(db)
                let strays = try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM images
                        WHERE (status = 'saving') <> EXISTS (SELECT 1 FROM uploads WHERE image_id = images.id)
                        """)
                return (ledgers.kept, ledgers.counted, strays)
            }
            #expect(kept == counted, "after step \(step), \(operation)")
            #expect(strays == 0, "an image saves if and only if an upload runs: after step \(step), \(operation)")
            for usage in kept.values where !changesOwners { #expect(usage.stored + usage.reserved <= Self.quota) }
        }
        // The walk went through every kind of step, not only through refusals.
        for name in [
            CreateImage.name, BeginUpload.name, GrowUpload.name, FinishUpload.name, FailUpload.name, KillImage.name,
            ActivateLocation.name, UpdateImage.name, DeleteImage.name, SettleReclaim.name, RecoverUploads.name,
        ] {
            #expect(done[name, default: 0] > 0, "\(name) was never done")
        }
    }

    static let quota: Int64 = 400
    static let owners: [String?] = ["tenant", "other", nil]

    static func randomOperation(
        on id: String, reserved: Int64, changesOwners: Bool, _ ids: inout [String], _ generator: inout SeededGenerator
    ) -> any RegistryOperation {
        let bytes = Int64.random(in: 0...100, using: &generator)
        let upload = "upload-" + id
        switch Int.random(in: 0..<24, using: &generator) {
        case 0..<5:
            let owner = owners.randomElement(using: &generator) ?? nil
            var image = Image(id: ImageID.random(), owner: owner)
            image.isProtected = Int.random(in: 0..<10, using: &generator) == 0
            ids.append(image.id)
            return CreateImage(image: image)
        case 5..<10:
            return BeginUpload(
                imageID: id, viewer: .admin, uploadID: upload, bytes: bytes, storageQuota: quota,
                failureStatus: Bool.random(using: &generator) ? .killed : .queued)
        case 10, 11: return GrowUpload(uploadID: upload, bytes: bytes * 2, storageQuota: quota)
        case 12..<15:
            return FinishUpload(
                imageID: id, uploadID: upload, size: reserved * 3 / 4, checksum: "c", hashAlgorithm: "a",
                hashValue: "v",
                virtualSize: nil, location: ImageLocation(url: "file:///" + id))
        case 15: return FailUpload(imageID: id, uploadID: upload)
        case 16: return KillImage(imageID: id)
        case 17:
            return ActivateLocation(
                imageID: id, viewer: .admin, size: bytes, location: ImageLocation(url: "http://host/x"))
        case 18:
            var changes = ImageChanges()
            changes.fields = [.size(bytes), .name("n")]
            if changesOwners { changes.fields.append(.owner(owners.randomElement(using: &generator) ?? nil)) }
            return UpdateImage(id: id, viewer: .admin, changes: changes)
        case 19..<22:
            return DeleteImage(id: id, viewer: .admin, isDelayed: Int.random(in: 0..<3, using: &generator) == 0)
        case 22: return SettleReclaim(imageID: id)
        default: return RecoverUploads()
        }
    }

    @Test func quotaHoldsWhenManyThreadsBeginAtOnce() throws {
        let test = try TestDatabase()
        let database = test.database
        let images = try (0..<64).map { _ in try test.create() }
        let outcomes = Mutex<[RegistryFailure?]>([])
        let queue = DispatchQueue(label: "uploaders", attributes: .concurrent)
        let group = DispatchGroup()
        for image in images {
            let begin = test.beginning(image, bytes: 7, quota: 100)
            queue.async(group: group) {
                var outcome: RegistryFailure?
                do throws(RegistryFailure) { _ = try database.perform(begin) } catch { outcome = error }
                outcomes.withLock { $0.append(outcome) }
            }
        }
        group.wait()
        let failures = outcomes.withLock { $0 }.compactMap { $0 }
        // 14 times 7 is 98; one more would be 105.
        #expect(failures.count == images.count - 14)
        #expect(failures.allSatisfy { $0 == .quotaExceeded(quota: "storage", limit: 100, used: 98) })
        #expect(try test.usage() == Usage(images: 64, reserved: 98, uploads: 14))
    }

    @Test func oneOfManyUploadersOfAnImageWins() throws {
        let test = try TestDatabase()
        let database = test.database
        let image = try test.create()
        let wins = Mutex(0)
        let others = Mutex<[RegistryFailure]>([])
        let queue = DispatchQueue(label: "uploaders", attributes: .concurrent)
        let group = DispatchGroup()
        for uploader in 0..<32 {
            var begin = test.beginning(image)
            begin.uploadID = "upload-\(uploader)"
            queue.async(group: group) { [begin] in
                do throws(RegistryFailure) {
                    _ = try database.perform(begin)
                    wins.withLock { $0 += 1 }
                } catch {
                    others.withLock { $0.append(error) }
                }
            }
        }
        group.wait()
        #expect(wins.withLock { $0 } == 1)
        #expect(others.withLock { $0 } == Array(repeating: .conflict(status: .saving), count: 31))
    }
}
