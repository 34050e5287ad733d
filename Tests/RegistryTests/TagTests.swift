import ImageModel
import Testing

@testable import Registry

@Suite struct TagTests {
    let test: TestDatabase
    let image: Image

    init() throws {
        test = try TestDatabase()
        image = try test.create()
    }

    private func add(_ tag: String, as viewer: Viewer = .owner, quota: Int64? = nil) -> RegistryFailure? {
        test.failure(of: AddTag(imageID: image.id, viewer: viewer, tag: tag, tagQuota: quota))
    }

    private func remove(_ tag: String, as viewer: Viewer = .owner) -> RegistryFailure? {
        test.failure(of: RemoveTag(imageID: image.id, viewer: viewer, tag: tag))
    }

    @Test func tagsComeAndGoOnce() throws {
        for _ in 1...2 { #expect(add("blue") == nil) }
        #expect(add("red") == nil)
        #expect(try test.get(image.id).tags == ["blue", "red"])
        #expect(remove("blue") == nil)
        #expect(remove("blue") == .notFound)
        #expect(try test.get(image.id).tags == ["red"])
    }

    @Test func quotaHoldsUpNewTagsOnly() {
        #expect(add("a", quota: 1) == nil)
        #expect(add("b", quota: 1) == .quotaExceeded(quota: "image_tag_quota", limit: 1, used: 2))
        #expect(add("a", quota: 1) == nil)
    }

    @Test func strangersTagNothing() throws {
        #expect(add("a", as: .stranger) == .notFound)
        try test.share(image, with: "stranger")
        #expect(add("a", as: .stranger) == .forbidden)
        #expect(add("a") == nil)
        #expect(remove("a", as: .stranger) == .forbidden)
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        for viewer in [Viewer.owner, .admin] {
            #expect(add("a", as: viewer) == .notFound)
            #expect(remove("a", as: viewer) == .notFound)
        }
    }

    @Test func deactivationMovesBetweenTwoStatuses() throws {
        func set(_ isDeactivated: Bool, _ id: String, as viewer: Viewer = .owner) -> RegistryFailure? {
            test.failure(of: SetDeactivation(imageID: id, viewer: viewer, isDeactivated: isDeactivated))
        }
        for flag in [true, false] { #expect(set(flag, image.id) == .conflict(status: .queued)) }
        let active = try test.createActive()
        for flag in [true, true, false, false] {
            #expect(set(flag, active.id) == nil)
            #expect(try test.get(active.id).status == (flag ? .deactivated : .active))
        }
        #expect(set(true, active.id, as: .stranger) == .notFound)
        try test.perform(DeleteImage(id: active.id, viewer: .owner))
        #expect(set(true, active.id, as: .admin) == .conflict(status: .deleted))
    }
}
