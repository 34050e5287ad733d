import ImageModel

/// One source of a list: a set of images that an index holds in the list's order.
struct ListArm: Equatable {
    /// The table that is walked.
    enum Source: Equatable {
        case images
        /// `image_members AS m`, each with its image.
        case members
    }

    var source = Source.images
    /// All of them must hold.
    var conditions: [String]
}

/// Which images a viewer may list: the SQL form of `ImageAccess.canView`. Whoever changes one changes the other.
///
/// It differs from `canView` where Glance's lists do: images of `community`, and ownerless ones that are not public,
/// can be seen by everybody who knows their ids, but a list does not name them unasked.
///
/// Each answer is a union of arms that have no image in common. A `+` before a column keeps an arm off the index over
/// that column: for one tenant's images the walk is to go by owner.
enum VisibilityClause {
    static func arms(of query: ImageQuery, _ bindings: inout SQLBindings) -> [ListArm] {
        switch query.scope {
        case .everything where query.viewer.isAdmin, .all where query.viewer.isAdmin:
            return [ListArm(conditions: [])]
        case .everythingButCommunityOfOthers where query.viewer.isAdmin:
            let arms = Visibility.allCases.filter { $0 != .community }.map { ListArm(conditions: [holds($0)]) }
            guard let project = query.viewer.projectID else { return arms }
            return arms + [ListArm(conditions: own(bindings.bind(project), .community))]
        case .nonPublic where query.viewer.isAdmin:
            // An arm for each visibility, rather than a walk past all that is public.
            return Visibility.allCases.filter { $0 != .public }.map { ListArm(conditions: [holds($0)]) }
        case .visibility(let visibility) where query.viewer.isAdmin:
            return [ListArm(conditions: [holds(visibility)])]
        case .visibility(let visibility):
            return arms(of: visibility, query, &bindings)
        case .all:
            return armsAsUser(query, also: .community, &bindings)
        case .asUser, .everything, .nonPublic, .everythingButCommunityOfOthers:
            return armsAsUser(query, &bindings)
        }
    }

    /// The viewer's own, the public ones of others, and those of others that are shared with it.
    ///
    /// - Parameter further: a visibility of which those of others are listed as well.
    private static func armsAsUser(
        _ query: ImageQuery, also further: Visibility? = nil, _ bindings: inout SQLBindings
    ) -> [ListArm] {
        let open = [.public, further].compactMap { $0 }.map(holds)
        guard let project = query.viewer.projectID else { return open.map { ListArm(conditions: [$0]) } }
        let me = bindings.bind(project)
        var arms = [ListArm(conditions: ["images.owner = \(me)"])]
        arms += open.map { ListArm(conditions: [$0, "images.owner IS NOT \(me)"]) }
        return arms + [sharedArm(me, query, &bindings)]
    }

    private static func arms(
        of visibility: Visibility, _ query: ImageQuery, _ bindings: inout SQLBindings
    ) -> [ListArm] {
        switch visibility {
        case .public, .community:
            return [ListArm(conditions: [holds(visibility)])]
        case .private, .shared:
            guard let project = query.viewer.projectID else { return [] }
            let me = bindings.bind(project)
            let own = ListArm(conditions: own(me, visibility))
            return visibility == .shared ? [own, sharedArm(me, query, &bindings)] : [own]
        }
    }

    private static func sharedArm(_ me: String, _ query: ImageQuery, _ bindings: inout SQLBindings) -> ListArm {
        var arm = ListArm(
            source: .members,
            // An ownerless image compares as NULL and stays out.
            conditions: ["m.member = \(me)", "+" + holds(.shared), "+images.owner <> \(me)"])
        if let status = query.memberStatus { arm.conditions.append("m.status = \(bindings.bind(status.rawValue))") }
        return arm
    }

    /// One tenant's images of one visibility: few, found by their owner.
    private static func own(_ me: String, _ visibility: Visibility) -> [String] {
        ["images.owner = \(me)", "+" + holds(visibility)]
    }

    private static func holds(_ visibility: Visibility) -> String { "images.visibility = '\(visibility.rawValue)'" }
}
