import ImageModel

/// Which images a viewer may list, as one condition: what `VisibilityClause` says in arms, for a list that is drawn from a
/// few candidates and walks no index. Whoever changes one changes the other.
struct VisibilityCondition {
    private let query: ImageQuery

    init(_ query: ImageQuery) { self.query = query }

    /// nil where the viewer can't list any image. A `+` keeps SQLite from looking anywhere but at the candidates.
    func sql(_ bindings: inout SQLBindings) -> String? {
        let me = query.viewer.projectID.map { bindings.bind($0) }
        guard query.viewer.isAdmin, query.scope != .asUser else { return ofUser(me, &bindings) }
        switch query.scope {
        case .asUser, .everything, .all: return "1"
        case .everythingButCommunityOfOthers:
            let others = "+images.visibility <> 'community'"
            return me.map { "(\(others) OR +images.owner = \($0))" } ?? others
        case .nonPublic: return "+images.visibility <> 'public'"
        case .visibility(let visibility): return Self.holds(visibility)
        }
    }

    private func ofUser(_ me: String?, _ bindings: inout SQLBindings) -> String? {
        let isOwn = me.map { "+images.owner = \($0)" }
        let isShared = me.map { shared(with: $0, &bindings) }
        let isAny: [String?] =
            switch query.scope {
            case .visibility(.private): [isOwn.map { "\(Self.holds(.private)) AND \($0)" }]
            case .visibility(.shared): [isOwn.map { "\(Self.holds(.shared)) AND \($0)" }, isShared]
            case .visibility(let open): [Self.holds(open)]
            case .all: [Self.holds(.public), Self.holds(.community), isOwn, isShared]
            case .asUser, .everything, .nonPublic, .everythingButCommunityOfOthers:
                [Self.holds(.public), isOwn, isShared]
            }
        let conditions = isAny.compactMap { $0 }
        return conditions.isEmpty ? nil : "(" + conditions.joined(separator: " OR ") + ")"
    }

    /// An image of another owner that is shared with the viewer; an ownerless one compares as NULL and is none.
    private func shared(with me: String, _ bindings: inout SQLBindings) -> String {
        var membership = "m.image_id = images.id AND m.member = \(me)"
        if let status = query.memberStatus { membership += " AND m.status = \(bindings.bind(status.rawValue))" }
        return "\(Self.holds(.shared)) AND +images.owner <> \(me)"
            + " AND EXISTS (SELECT 1 FROM image_members AS m WHERE \(membership))"
    }

    private static func holds(_ visibility: Visibility) -> String { "+images.visibility = '\(visibility.rawValue)'" }
}
