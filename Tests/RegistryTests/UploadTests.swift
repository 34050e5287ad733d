import GRDB
import ImageModel
import Testing

@testable import Registry

@Suite struct UploadTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    @Test func uploadGoesFromQueuedToActive() throws {
        let image = try test.create { $0.size = 3 }
        let saving = try test.begin(image, bytes: 10)
        #expect(saving.status == .saving)
        #expect(try test.get(image.id) == saving)
        #expect(try test.usage() == Usage(images: 1, reserved: 10, uploads: 1))
        let finish = FinishUpload(
            imageID: image.id, uploadID: "upload-" + image.id, size: 8, checksum: "md5", hashAlgorithm: "sha512",
            hashValue: "sha", virtualSize: 20, location: ImageLocation(url: "file:///data/x", store: "s"))
        let active = try test.perform(finish)
        #expect(active.status == .active)
        #expect(active.size == 8 && active.virtualSize == 20)
        #expect(active.checksum == "md5" && active.hashAlgorithm == "sha512" && active.hashValue == "sha")
        #expect(active.locations == [ImageLocation(url: "file:///data/x", store: "s")])
        #expect(active.updatedAt > saving.updatedAt && saving.updatedAt > image.updatedAt)
        #expect(try test.get(image.id) == active)
        #expect(try test.usage() == Usage(images: 1, stored: 8))
        // The API repeats it when the answer was lost.
        #expect(try test.perform(finish) == active)
        #expect(try test.usage() == Usage(images: 1, stored: 8))
        var other = finish
        other.uploadID = "another"
        #expect(test.failure(of: other) == .conflict(status: .active))
    }

    @Test func secondUploaderIsRefused() throws {
        let image = try test.create()
        try test.begin(image)
        var second = test.beginning(image)
        second.uploadID = "second"
        #expect(test.failure(of: second) == .conflict(status: .saving))
        #expect(try test.usage() == Usage(images: 1, reserved: 10, uploads: 1))
    }

    @Test func sentAgainBeginsOnce() throws {
        let image = try test.create()
        let begin = test.beginning(image)
        let first = try test.perform(begin)
        #expect(try test.perform(begin) == first)
        #expect(first.status == .saving)
        #expect(try test.usage() == Usage(images: 1, reserved: 10, uploads: 1))
    }

    @Test func uploadIDsAreNotShared() throws {
        let first = try test.create()
        let second = try test.create()
        try test.begin(first)
        var begin = test.beginning(second)
        begin.uploadID = "upload-" + first.id
        #expect(test.failure(of: begin) == .malformed("the upload id is in use"))
        // Nor does one settle another image.
        var finish = test.finish(second)
        finish.uploadID = "upload-" + first.id
        #expect(test.failure(of: finish) == .conflict(status: .queued))
        #expect(test.failure(of: FailUpload(imageID: second.id, uploadID: "upload-" + first.id)) == nil)
        #expect(try test.get(first.id).status == .saving)
    }

    @Test(arguments: [ImageStatus.killed, .queued])
    func failedUploadLeavesTheAgreedStatus(_ status: ImageStatus) throws {
        let image = try test.create {
            $0.size = 3
            $0.virtualSize = 4
            $0.checksum = "given"
        }
        try test.begin(image, failure: status)
        try test.perform(test.failing(image))
        try test.perform(test.failing(image))
        let failed = try test.get(image.id)
        #expect(failed.status == status)
        #expect(failed.size == (status == .queued ? nil : 3))
        #expect(failed.virtualSize == (status == .queued ? nil : 4))
        #expect(failed.checksum == "given")
        #expect(try test.usage() == Usage(images: 1))
        #expect(test.failure(of: test.finish(image)) == .conflict(status: status))
    }

    @Test(arguments: ImageStatus.allCases.filter { $0 != .killed && $0 != .queued })
    func uploadsFailToKilledOrQueuedOnly(_ status: ImageStatus) throws {
        let image = try test.create()
        #expect(
            test.failure(of: test.beginning(image, failure: status))
                == .malformed("an upload can't leave an image \(status.rawValue)"))
    }

    @Test func storageQuotaIsExact() throws {
        try test.createActive(bytes: 40)
        let first = try test.create()
        let second = try test.create()
        #expect(
            test.failure(of: test.beginning(first, bytes: 61, quota: 100))
                == .quotaExceeded(quota: "storage", limit: 100, used: 40))
        #expect(try test.get(first.id).status == .queued)
        try test.begin(first, bytes: 50, quota: 100)
        #expect(
            test.failure(of: test.beginning(second, bytes: 11, quota: 100))
                == .quotaExceeded(quota: "storage", limit: 100, used: 90))
        func grow(_ bytes: Int64) -> RegistryFailure? {
            test.failure(of: GrowUpload(uploadID: "upload-" + first.id, bytes: bytes, storageQuota: 100))
        }
        #expect(grow(61) == .quotaExceeded(quota: "storage", limit: 100, used: 40))
        #expect(grow(60) == nil)
        #expect(grow(60) == nil)
        #expect(grow(10) == nil)
        #expect(try test.usage() == Usage(images: 3, stored: 40, reserved: 60, uploads: 1))
        try test.begin(second, bytes: 0, quota: 100)
        // Data that waits for its removal is still on the disk.
        try test.perform(test.finish(first, bytes: 60))
        try test.perform(DeleteImage(id: first.id, viewer: .owner))
        #expect(
            test.failure(of: test.beginning(try test.create(), bytes: 1, quota: 100))
                == .quotaExceeded(quota: "storage", limit: 100, used: 100))
        try test.perform(SettleReclaim(imageID: first.id))
        #expect(test.failure(of: test.beginning(try test.create(), bytes: 60, quota: 100)) == nil)
    }

    @Test(arguments: [-1, Int64.min, Int64.max])
    func bytesOutOfRangeAreRefused(_ bytes: Int64) throws {
        let image = try test.create()
        #expect(test.failure(of: test.beginning(image, bytes: bytes)) == .malformed("bytes out of range"))
        #expect(test.failure(of: test.beginning(image, bytes: bytes, quota: 5)) == .malformed("bytes out of range"))
    }

    @Test func onlyQueuedImagesAreKilled() throws {
        let queued = try test.create()
        let active = try test.createActive()
        try test.perform(KillImage(imageID: queued.id))
        try test.perform(KillImage(imageID: queued.id))
        try test.perform(KillImage(imageID: active.id))
        try test.perform(KillImage(imageID: ImageID.random()))
        #expect(try test.get(queued.id).status == .killed)
        #expect(try test.get(active.id).status == .active)
    }

    @Test func locationActivatesAQueuedImage() throws {
        let image = try test.create()
        let activate = ActivateLocation(
            imageID: image.id, viewer: .owner, size: 5, location: ImageLocation(url: "http://host/image"))
        let active = try test.perform(activate)
        #expect(active.status == .active && active.size == 5)
        #expect(try test.get(image.id) == active)
        #expect(test.failure(of: activate) == .conflict(status: .active))
    }

    @Test func ownerChangeTakesTheReservationAlong() throws {
        let image = try test.create()
        try test.begin(image, bytes: 10)
        var changes = ImageChanges()
        changes.fields = [.owner("other")]
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        #expect(try test.usage() == Usage())
        #expect(try test.usage("other") == Usage(images: 1, reserved: 10, uploads: 1))
        try test.perform(test.finish(image, bytes: 10))
        #expect(try test.usage("other") == Usage(images: 1, stored: 10))
    }

    @Test func recoverySettlesEveryUpload() throws {
        let killed = try test.create()
        let queued = try test.create()
        let active = try test.createActive()
        try test.begin(killed)
        try test.begin(queued, failure: .queued)
        #expect(Set(try test.perform(RecoverUploads()).ids) == [killed.id, queued.id])
        #expect(try test.perform(RecoverUploads()).ids == [])
        #expect(try test.get(killed.id).status == .killed)
        #expect(try test.get(queued.id).status == .queued)
        #expect(try test.get(active.id).status == .active)
        #expect(try test.usage() == Usage(images: 3, stored: 10))
        try test.begin(queued)
    }

    @Test func recoveryKillsSavingImagesWithoutAnUpload() throws {
        let image = try test.create()
        _ = try test.database.pool.write { db in
            try db.change("UPDATE images SET status = 'saving' WHERE id = ?", [image.id])
        }
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try test.get(image.id).status == .killed)
    }

    @Test func orphansHaveNoRowThatAccountsForThem() throws {
        let active = try test.createActive()
        let uploading = try test.create()
        try test.begin(uploading)
        let reclaimed = try test.createActive()
        try test.perform(DeleteImage(id: reclaimed.id, viewer: .owner))
        let queued = try test.create()
        let external = try test.create()
        try test.perform(
            ActivateLocation(
                imageID: external.id, viewer: .owner, size: 1, location: ImageLocation(url: "http://host/x")))
        let names = [active, uploading, reclaimed, queued, external].map(\.id) + ["../garbage\"", ""]
        #expect(
            Set(try test.perform(FindOrphans(names: names)).ids) == [queued.id, external.id, "../garbage\"", ""])
        try test.perform(SettleReclaim(imageID: reclaimed.id))
        #expect(try test.perform(FindOrphans(names: [reclaimed.id])).ids == [reclaimed.id])
    }
}
