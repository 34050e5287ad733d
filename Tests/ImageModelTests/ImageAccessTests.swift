import ImageModel
import Testing

/// Who sees and who changes what: every viewer against every kind of image.
@Suite struct ImageAccessTests {
    enum Who: String, CaseIterable, Sendable { case owner, member, stranger, noProject, admin, adminWithoutProject }

    private func viewer(_ who: Who) -> Viewer {
        switch who {
        case .owner: Viewer(projectID: "owner", isAdmin: false)
        case .member: Viewer(projectID: "member", isAdmin: false)
        case .stranger: Viewer(projectID: "stranger", isAdmin: false)
        case .noProject: Viewer(projectID: nil, isAdmin: false)
        case .admin: Viewer(projectID: "admin", isAdmin: true)
        case .adminWithoutProject: Viewer(projectID: nil, isAdmin: true)
        }
    }

    private func image(_ visibility: Visibility, for who: Who, owner: String? = "owner") -> Image {
        var image = Image(id: Samples.id, owner: owner)
        image.visibility = visibility
        if who == .member { image.viewerMembership = ImageMember(imageID: Samples.id, memberID: "member") }
        return image
    }

    static let visible: [Visibility: Set<Who>] = [
        .public: Set(Who.allCases),
        .community: Set(Who.allCases),
        .shared: [.owner, .member, .admin, .adminWithoutProject],
        .private: [.owner, .admin, .adminWithoutProject],
    ]

    @Test(arguments: Visibility.allCases, Who.allCases)
    func whoSees(_ visibility: Visibility, _ who: Who) {
        let isVisible = Self.visible[visibility]?.contains(who)
        #expect(ImageAccess.canView(image(visibility, for: who), viewer(who)) == isVisible)
    }

    /// A member's answer changes what lists show, not what can be reached.
    @Test(arguments: MemberStatus.allCases)
    func theMembersAnswerDoesNotMatter(_ status: MemberStatus) {
        var image = image(.shared, for: .member)
        image.viewerMembership?.status = status
        #expect(ImageAccess.canView(image, viewer(.member)))
    }

    @Test(arguments: Visibility.allCases, Who.allCases)
    func onlyAdminsSeeTombstones(_ visibility: Visibility, _ who: Who) {
        var image = image(visibility, for: who)
        image.deletedAt = .now
        #expect(ImageAccess.canView(image, viewer(who)) == viewer(who).isAdmin)
    }

    @Test(arguments: Visibility.allCases, Who.allCases)
    func everybodySeesWhatNobodyOwnsAndOnlyAdminsChangeIt(_ visibility: Visibility, _ who: Who) {
        let image = image(visibility, for: who, owner: nil)
        #expect(ImageAccess.canView(image, viewer(who)))
        #expect(ImageAccess.canChange(image, viewer(who)) == viewer(who).isAdmin)
    }

    @Test(arguments: Visibility.allCases, Who.allCases)
    func ownersAndAdminsChange(_ visibility: Visibility, _ who: Who) {
        let mayChange = who == .owner || viewer(who).isAdmin
        #expect(ImageAccess.canChange(image(visibility, for: who), viewer(who)) == mayChange)
    }

    @Test(arguments: Visibility.allCases, Who.allCases)
    func whoChangesAlsoSees(_ visibility: Visibility, _ who: Who) {
        let image = image(visibility, for: who)
        if ImageAccess.canChange(image, viewer(who)) { #expect(ImageAccess.canView(image, viewer(who))) }
    }
}
