import ImageModel

/// One source of a list: a set of images that an index holds in the list's order, or a small one that is sorted.
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
/// that column: for a small set of one tenant's images the walk is to go by owner, else by visibility.
struct VisibilityClause {
    private let query: ImageQuery
    private let sets: ViewerSets

    static func arms(of query: ImageQuery, _ sets: ViewerSets, _ bindings: inout SQLBindings) -> [ListArm] {
        VisibilityClause(query: query, sets: sets).arms(&bindings)
    }

    private func arms(_ bindings: inout SQLBindings) -> [ListArm] {
        guard query.viewer.isAdmin else { return armsOfUser(&bindings) }
        switch query.scope {
        case .asUser: return armsOfUser(&bindings)
        case .everything, .all:
            // The indexes in a list's order hold live images, each visibility for itself.
            guard !query.bringsGone else { return [ListArm(conditions: [])] }
            return arms(of: Visibility.allCases, &bindings)
        case .everythingButCommunityOfOthers:
            let arms = arms(of: Visibility.allCases.filter { $0 != .community }, &bindings)
            guard let project = query.viewer.projectID, query.soleOwner ?? project == project else { return arms }
            return arms + own(bindings.bind(project), [.community])
        // An arm for each visibility, rather than a walk past all that is public.
        case .nonPublic: return arms(of: Visibility.allCases.filter { $0 != .public }, &bindings)
        case .visibility(let visibility): return arms(of: [visibility], &bindings)
        }
    }

    private func armsOfUser(_ bindings: inout SQLBindings) -> [ListArm] {
        switch query.scope {
        case .visibility(let visibility): arms(of: visibility, &bindings)
        case .all: armsAsUser(open: [.public, .community], &bindings)
        case .asUser, .everything, .nonPublic, .everythingButCommunityOfOthers: armsAsUser(open: [.public], &bindings)
        }
    }

    /// The viewer's own, and those of others that are open to all or shared with it.
    private func armsAsUser(open: [Visibility], _ bindings: inout SQLBindings) -> [ListArm] {
        guard let project = query.viewer.projectID else { return arms(of: open, &bindings) }
        let me = bindings.bind(project)
        if query.soleOwner == project { return own(me, Visibility.allCases) }
        let shared = shared(me, &bindings)
        if query.soleOwner != nil { return arms(of: open, &bindings) + [shared] }
        if sets.ownIsLarge {
            let closed = Visibility.allCases.filter { !open.contains($0) }
            return arms(of: open, &bindings) + own(me, closed) + [shared]
        }
        return own(me, Visibility.allCases)
            + open.map { ListArm(conditions: [Self.holds($0), "images.owner IS NOT \(me)"]) } + [shared]
    }

    private func arms(of visibility: Visibility, _ bindings: inout SQLBindings) -> [ListArm] {
        switch visibility {
        case .public, .community: return arms(of: [visibility], &bindings)
        case .private, .shared:
            guard let project = query.viewer.projectID else { return [] }
            let me = bindings.bind(project)
            let own = query.soleOwner ?? project == project ? own(me, [visibility]) : []
            return own + (visibility == .shared ? [shared(me, &bindings)] : [])
        }
    }

    /// Everybody's images of those visibilities; where one owner's are asked for, its own.
    private func arms(of visibilities: [Visibility], _ bindings: inout SQLBindings) -> [ListArm] {
        guard let owner = query.soleOwner, !query.bringsGone else {
            return visibilities.map { ListArm(conditions: [Self.holds($0)]) }
        }
        return own(bindings.bind(owner), visibilities)
    }

    private func shared(_ me: String, _ bindings: inout SQLBindings) -> ListArm {
        // An ownerless image compares as NULL and stays out.
        let isOfOthers = "+images.owner <> \(me)"
        let status = query.memberStatus.map { "m.status = \(bindings.bind($0.rawValue))" }
        if sets.sharedIsLarge {
            let membership = ["m.image_id = images.id", "m.member = \(me)"] + [status].compactMap { $0 }
            return ListArm(conditions: [
                Self.holds(.shared), isOfOthers,
                "EXISTS (SELECT 1 FROM image_members AS m WHERE \(membership.joined(separator: " AND ")))",
            ])
        }
        return ListArm(
            source: .members,
            conditions: ["m.member = \(me)", "+" + Self.holds(.shared), isOfOthers] + [status].compactMap { $0 })
    }

    /// One tenant's images of those visibilities: of a small set one arm by its owner, of a large one an arm each.
    private func own(_ owner: String, _ visibilities: [Visibility]) -> [ListArm] {
        if sets.ownIsLarge {
            return visibilities.map { ListArm(conditions: [Self.holds($0), "+images.owner = \(owner)"]) }
        }
        let isOwn = "images.owner = \(owner)"
        if visibilities == Visibility.allCases { return [ListArm(conditions: [isOwn])] }
        let all = visibilities.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return [ListArm(conditions: [isOwn, "+images.visibility IN (\(all))"])]
    }

    private static func holds(_ visibility: Visibility) -> String { "images.visibility = '\(visibility.rawValue)'" }
}
