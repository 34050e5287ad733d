import ImageModel
import Testing

@testable import Registry

@Suite struct MemberTests {
    let test: TestDatabase
    let image: Image

    init() throws {
        test = try TestDatabase()
        image = try test.create()
    }

    func put(
        _ memberships: [(String, Bool?)], as viewer: Viewer = .owner, replacesAll: Bool = false, quota: Int64? = nil
    ) -> RegistryFailure? {
        test.failure(
            of: PutMembers(
                imageID: image.id, viewer: viewer,
                memberships: memberships.map { Membership(memberID: $0.0, canShare: $0.1) }, replacesAll: replacesAll,
                memberQuota: quota))
    }

    /// Each member, with a `+` where it may share.
    func members(as viewer: Viewer = .owner) throws -> Set<String> {
        let members = try test.perform(ListMembers(imageID: image.id, viewer: viewer)).members
        return Set(members.map { $0.memberID + ($0.canShare ? "+" : "") })
    }

    @Test func membersAreAddedChangedAndReplaced() throws {
        #expect(put([("a", nil), ("b", true)]) == nil)
        #expect(try members() == ["a", "b+"])
        #expect(put([("a", true), ("b", nil)]) == nil)
        #expect(try members() == ["a+", "b+"])
        #expect(put([("b", nil), ("c", nil), ("c", true)], replacesAll: true) == nil)
        #expect(try members() == ["b+", "c+"])
        #expect(put([("c", false)]) == nil)
        #expect(try members() == ["b+", "c"])
        #expect(put([], replacesAll: true) == nil)
        #expect(try members() == [])
    }

    @Test func changeKeepsTheMembersAnswer() throws {
        #expect(put([("a", nil)]) == nil)
        let before = try #require(try test.perform(ListMembers(imageID: image.id, viewer: .owner)).members.first)
        #expect(before.status == .pending)
        #expect(put([("a", true)]) == nil)
        let after = try #require(try test.perform(ListMembers(imageID: image.id, viewer: .owner)).members.first)
        #expect(after.status == before.status && after.createdAt == before.createdAt)
        #expect(after.updatedAt > before.updatedAt)
    }

    @Test func membersSeeTheirOwnRow() throws {
        #expect(put([("a", nil), ("b", true)]) == nil)
        #expect(try members(as: .project("a")) == ["a"])
        #expect(try members(as: .project("b")) == ["b+"])
        var changes = ImageChanges()
        changes.fields = [.visibility(.public)]
        try test.perform(UpdateImage(id: image.id, viewer: .owner, changes: changes))
        #expect(try members(as: .stranger) == [])
        #expect(try members(as: .admin) == ["a", "b+"])
    }

    @Test func memberWhoMaySharesInvitesButLeavesOthersAlone() throws {
        let sharer = Viewer.project("s")
        #expect(put([("s", true), ("a", nil)]) == nil)
        #expect(put([("a", true), ("b", nil)], as: sharer) == nil)
        #expect(try members() == ["s+", "a", "b"])
        // Its list replaces its own row alone.
        #expect(put([("s", nil), ("c", true)], as: sharer, replacesAll: true) == nil)
        #expect(try members() == ["s+", "a", "b", "c+"])
        #expect(
            test.failure(of: DeleteMember(imageID: image.id, memberID: "a", viewer: sharer)) == .notFound)
        #expect(put([], as: sharer, replacesAll: true) == nil)
        #expect(try members() == ["a", "b", "c+"])
        #expect(put([("s", nil)], as: sharer) == .notFound)
        #expect(put([("z", nil)], as: .project("a")) == .forbidden)
    }

    @Test func memberQuotaCountsWhatStandsAfterwards() throws {
        let exceeded = RegistryFailure.quotaExceeded(quota: "image_member_quota", limit: 2, used: 3)
        #expect(put([("a", nil), ("b", nil)], quota: 2) == nil)
        #expect(put([("c", nil)], quota: 2) == exceeded)
        #expect(put([("a", true)], quota: 2) == nil)
        #expect(put([("a", nil), ("c", nil)], replacesAll: true, quota: 2) == nil)
        #expect(put([("a", nil), ("c", nil), ("d", nil)], replacesAll: true, quota: 2) == exceeded)
        #expect(try members() == ["a+", "c"])
        #expect(put([("d", nil)], quota: nil) == nil)
        #expect(put([("a", false)], quota: 2) == nil)
    }

    @Test func membershipsAreTakenAwayOnce() throws {
        #expect(put([("a", nil)]) == nil)
        let delete = DeleteMember(imageID: image.id, memberID: "a", viewer: .owner)
        #expect(test.failure(of: delete) == nil)
        #expect(test.failure(of: delete) == .notFound)
        #expect(test.failure(of: GetImage(id: image.id, viewer: .project("a"))) == .notFound)
    }

    @Test func sharedImagesShowWhatTheViewerMayKnow() throws {
        let foreign = try test.create(owner: "other")
        let hidden = try test.create(owner: "other", visibility: .private)
        let deleted = try test.create(owner: "other")
        for image in [image, foreign, hidden, deleted] { try test.share(image, with: "a") }
        try test.perform(DeleteImage(id: deleted.id, viewer: .admin))
        func images(_ viewer: Viewer) throws -> Set<String> {
            Set(try test.perform(ListSharedImages(memberID: "a", viewer: viewer)).members.map(\.imageID))
        }
        #expect(try images(.admin) == [image.id, foreign.id, hidden.id])
        #expect(try images(.project("a")) == [image.id, foreign.id])
        #expect(try images(.owner) == [image.id])
        #expect(try images(.project("other")) == [foreign.id, hidden.id])
        #expect(try images(.stranger) == [])
        #expect(try images(.anonymous) == [])
        #expect(try test.perform(ListSharedImages(memberID: "nobody", viewer: .admin)).members == [])
    }
}
