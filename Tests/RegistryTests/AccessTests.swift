import ImageModel
import Testing

@testable import Registry

/// What each role gets for each verb on an image of each visibility.
@Suite struct AccessTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    enum Verb: String, CaseIterable, Sendable {
        case get, update, delete, upload, activate, listMembers, addMember, removeMember
    }

    static let viewers: [Viewer] = [
        .owner, .admin, .project("sharer"), .project("member"), .stranger, .anonymous,
    ]

    /// `ok`, `404` or `403` for the owner, an admin, a member who may share, a member, a stranger, and a caller
    /// without a project.
    static let table: [(verbs: [Verb], visibilities: [Visibility], outcomes: String)] = [
        ([.get, .listMembers], [.public, .community], "ok ok ok ok ok ok"),
        ([.get, .listMembers], [.shared], "ok ok ok ok 404 404"),
        ([.get, .listMembers], [.private], "ok ok 404 404 404 404"),
        ([.update, .delete, .upload, .activate], [.public, .community], "ok ok 403 403 403 403"),
        ([.update, .delete, .upload, .activate], [.shared], "ok ok 403 403 404 404"),
        ([.update, .delete, .upload, .activate], [.private], "ok ok 404 404 404 404"),
        ([.addMember], [.public, .community], "ok ok ok 403 403 403"),
        ([.addMember], [.shared], "ok ok ok 403 404 404"),
        ([.addMember], [.private], "ok ok 404 404 404 404"),
        // Of the rows that stand a member has its own alone: here it is another's.
        ([.removeMember], [.public, .community], "ok ok 404 403 403 403"),
        ([.removeMember], [.shared], "ok ok 404 403 404 404"),
        ([.removeMember], [.private], "ok ok 404 404 404 404"),
    ]

    static let cases = table.flatMap { row in
        row.verbs.flatMap { verb in
            row.visibilities.flatMap { visibility in
                zip(viewers, row.outcomes.split(separator: " ")).map { (verb, visibility, $0, String($1)) }
            }
        }
    }

    func operation(_ verb: Verb, on image: Image, as viewer: Viewer) -> any RegistryOperation {
        switch verb {
        case .get: GetImage(id: image.id, viewer: viewer)
        case .update: UpdateImage(id: image.id, viewer: viewer, changes: ImageChanges())
        case .delete: DeleteImage(id: image.id, viewer: viewer)
        case .upload:
            BeginUpload(
                imageID: image.id, viewer: viewer, uploadID: "u", bytes: 1, storageQuota: nil, failureStatus: .killed)
        case .activate:
            ActivateLocation(
                imageID: image.id, viewer: viewer, size: 1, location: ImageLocation(url: "http://host/x"))
        case .listMembers: ListMembers(imageID: image.id, viewer: viewer)
        case .addMember:
            PutMembers(
                imageID: image.id, viewer: viewer, memberships: [Membership(memberID: "new", canShare: nil)],
                replacesAll: false)
        case .removeMember: DeleteMember(imageID: image.id, memberID: "another", viewer: viewer)
        }
    }

    func outcome(of operation: some RegistryOperation) -> String {
        switch test.failure(of: operation) {
        case nil: "ok"
        case .notFound: "404"
        case .forbidden: "403"
        case .some(let failure): "\(failure)"
        }
    }

    @Test(arguments: cases)
    func rights(_ verb: Verb, _ visibility: Visibility, _ viewer: Viewer, _ expected: String) throws {
        let image = try test.create(visibility: visibility)
        try test.share(image, with: "sharer", canShare: true)
        try test.share(image, with: "member")
        try test.share(image, with: "another")
        #expect(outcome(of: operation(verb, on: image, as: viewer)) == expected)
    }

    @Test(arguments: Visibility.allCases, viewers)
    func ownerlessImagesAreSeenByAllAndChangedByAdmins(_ visibility: Visibility, _ viewer: Viewer) throws {
        let image = try test.create(owner: nil, visibility: visibility)
        #expect(outcome(of: operation(.get, on: image, as: viewer)) == "ok")
        for verb in [Verb.update, .upload, .addMember, .delete] {
            #expect(outcome(of: operation(verb, on: image, as: viewer)) == (viewer.isAdmin ? "ok" : "403"))
        }
    }

    @Test(arguments: Verb.allCases, viewers)
    func unknownImagesAreNotFound(_ verb: Verb, _ viewer: Viewer) throws {
        let unknown = Image(id: ImageID.random(), owner: nil)
        #expect(outcome(of: operation(verb, on: unknown, as: viewer)) == "404")
    }

    @Test func membershipOfTheViewerComesAlong() throws {
        let image = try test.create()
        try test.share(image, with: "member", canShare: true)
        let membership = try #require(try test.get(image.id, as: .project("member")).viewerMembership)
        #expect(membership.imageID == image.id && membership.memberID == "member")
        #expect(membership.canShare && membership.status == .pending)
        #expect(try test.get(image.id, as: .owner).viewerMembership == nil)
        #expect(try test.get(image.id, as: Viewer(projectID: "member", isAdmin: true)).viewerMembership == nil)
    }
}
