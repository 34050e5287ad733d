import ImageModel
import Testing

@testable import Registry

@Suite struct DeleteImageTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    @Test func deletedImageIsATombstoneForAdminsOnly() throws {
        let image = try test.createActive(bytes: 7)
        try test.share(image, with: "friend")
        var changes = ImageChanges()
        changes.properties = [ImageProperty(name: "a", value: "b")]
        changes.tags = ["t"]
        try test.perform(UpdateImage(id: image.id, viewer: .owner, changes: changes))

        let tombstone = try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(tombstone.status == .deleted)
        #expect(tombstone.deletedAt != nil)
        #expect(tombstone.updatedAt > image.updatedAt)
        #expect(tombstone.properties.isEmpty && tombstone.tags.isEmpty && tombstone.locations.isEmpty)
        #expect(try test.get(image.id) == tombstone)
        #expect(test.failure(of: GetImage(id: image.id, viewer: .owner)) == .notFound)
        #expect(test.failure(of: GetImage(id: image.id, viewer: .project("friend"))) == .notFound)
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .owner)) == .notFound)
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .admin)) == .notFound)
        let update = UpdateImage(id: image.id, viewer: .owner, changes: ImageChanges())
        #expect(test.failure(of: update) == .notFound)
        var adminUpdate = update
        adminUpdate.viewer = .admin
        #expect(test.failure(of: adminUpdate) == .conflict(status: .deleted))
        #expect(test.failure(of: ListMembers(imageID: image.id, viewer: .admin)) == .notFound)
    }

    @Test func bytesLeaveTheLedgerWhenTheyAreOffTheDisk() throws {
        let image = try test.createActive(bytes: 7)
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try test.usage() == Usage(stored: 7))
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [image.id])
        try test.perform(SettleReclaim(imageID: image.id))
        try test.perform(SettleReclaim(imageID: image.id))
        #expect(try test.usage() == Usage())
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [])
    }

    @Test func externalDataIsNotOursToReclaim() throws {
        let image = try test.create()
        try test.perform(
            ActivateLocation(
                imageID: image.id, viewer: .owner, size: 5, location: ImageLocation(url: "http://host/image")))
        #expect(try test.usage() == Usage(images: 1))
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try test.usage() == Usage())
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [])
    }

    @Test func adminsCorrectionOfTheSizeLeavesTheLedgerAlone() throws {
        let image = try test.createActive(bytes: 7)
        var changes = ImageChanges()
        changes.fields = [.size(1_000_000)]
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try test.usage() == Usage(stored: 7))
        try test.perform(SettleReclaim(imageID: image.id))
        #expect(try test.usage() == Usage())
    }

    @Test func delayedDeleteKeepsTheData() throws {
        let image = try test.createActive(bytes: 7)
        let pending = try test.perform(DeleteImage(id: image.id, viewer: .owner, isDelayed: true))
        #expect(pending.status == .pendingDelete)
        #expect(pending.deletedAt != nil)
        #expect(pending.locations == image.locations)
        #expect(try test.usage() == Usage(stored: 7))
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [])
        #expect(try test.perform(FindOrphans(names: [image.id])).ids == [])
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .owner)) == .notFound)
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .admin)) == .conflict(status: .pendingDelete))
        let empty = try test.create()
        #expect(try test.perform(DeleteImage(id: empty.id, viewer: .owner, isDelayed: true)).status == .deleted)
    }

    @Test func scrubbingEndsTheDelay() throws {
        let images = try (0..<3).map { _ in try test.createActive(bytes: 7) }
        var moments: [Timestamp] = []
        for image in images {
            try test.share(image, with: "friend")
            let pending = try test.perform(DeleteImage(id: image.id, viewer: .owner, isDelayed: true))
            moments.append(try #require(pending.deletedAt))
        }
        _ = try test.createActive()
        let later = Timestamp(microseconds: moments[2].microseconds + 1)
        #expect(try test.perform(ListScrubbable(deletedBefore: later)).ids == images.map(\.id))
        #expect(try test.perform(ListScrubbable(deletedBefore: later, limit: 2)).ids == images.prefix(2).map(\.id))
        #expect(try test.perform(ListScrubbable(deletedBefore: moments[0])).ids == [])
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [])

        let id = images[0].id
        for _ in 0..<2 { try test.perform(ScrubImage(imageID: id)) }
        let tombstone = try test.get(id)
        #expect(tombstone.status == .deleted && tombstone.deletedAt == moments[0])
        #expect(tombstone.locations.isEmpty && tombstone.properties.isEmpty)
        #expect(try test.perform(ListScrubbable(deletedBefore: later)).ids == images.dropFirst().map(\.id))
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [id])
        #expect(try test.usage() == Usage(images: 1, stored: 31))
        try test.perform(SettleReclaim(imageID: id))
        #expect(try test.usage() == Usage(images: 1, stored: 24))
    }

    @Test func onlyImagesThatWaitAreScrubbed() throws {
        let image = try test.createActive()
        #expect(test.failure(of: ScrubImage(imageID: image.id)) == .conflict(status: .active))
        #expect(test.failure(of: ScrubImage(imageID: ImageID.random())) == .notFound)
        #expect(try test.get(image.id) == image)
    }

    @Test func protectedImageStays() throws {
        let image = try test.create(visibility: .public) { $0.isProtected = true }
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .admin)) == .protected)
        #expect(test.failure(of: DeleteImage(id: image.id, viewer: .stranger)) == .forbidden)
        #expect(try test.get(image.id).status == .queued)
    }

    @Test func deletionDuringAnUploadReleasesTheReservationOnce() throws {
        let image = try test.create()
        try test.begin(image, bytes: 100)
        #expect(try test.usage() == Usage(images: 1, reserved: 100, uploads: 1))
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try test.usage() == Usage())
        #expect(test.failure(of: test.finish(image)) == .notFound)
        #expect(
            test.failure(of: GrowUpload(uploadID: "upload-" + image.id, bytes: 200, storageQuota: nil)) == .notFound)
        #expect(test.failure(of: test.failing(image)) == nil)
        #expect(try test.usage() == Usage())
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [])
        #expect(try test.perform(FindOrphans(names: [image.id])).ids == [image.id])
    }
}
