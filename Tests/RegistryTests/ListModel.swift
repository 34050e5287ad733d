import ImageModel

/// Glance's rules for lists, written down once more over plain values: what the SQL is measured by.
struct ListModel {
    var images: [Image] = []
    var members: [ImageMember] = []

    func page(_ query: ImageQuery) -> [String] {
        var found = images.filter { isListed($0, query) && isInTime($0, query) && holdsFilters($0, query) }
        found.sort { comesBefore($0, $1, query) }
        if let marker = query.marker, let index = found.firstIndex(where: { $0.id == marker }) {
            found.removeFirst(index + 1)
        }
        return found.prefix(query.limit).map(\.id)
    }

    private func isListed(_ image: Image, _ query: ImageQuery) -> Bool {
        let me = query.viewer.projectID
        let isOwn = me != nil && image.owner == me
        let isShared =
            image.visibility == .shared && image.owner != nil
            && members.contains {
                $0.imageID == image.id && $0.memberID == me
                    && (query.memberStatus == nil || $0.status == query.memberStatus)
            }
        switch query.scope {
        case .everything where query.viewer.isAdmin, .all where query.viewer.isAdmin: return true
        case .everythingButCommunityOfOthers where query.viewer.isAdmin: return image.visibility != .community || isOwn
        case .nonPublic where query.viewer.isAdmin: return image.visibility != .public
        case .visibility(let visibility) where query.viewer.isAdmin: return image.visibility == visibility
        case .visibility(let visibility):
            let isOpen = image.visibility == .public || image.visibility == .community
            return image.visibility == visibility && (isOwn || isOpen || isShared)
        case .all: return isOwn || image.visibility == .public || image.visibility == .community || isShared
        default: return isOwn || image.visibility == .public || isShared
        }
    }

    private func isInTime(_ image: Image, _ query: ImageQuery) -> Bool {
        let isLive = !image.isDeleted && image.status != .killed
        let isOwn = query.viewer.projectID != nil && image.owner == query.viewer.projectID
        let canKnow = isLive || isOwn || query.viewer.isAdmin
        if let since = query.changesSince, image.updatedAt <= since { return false }
        switch query.isDeleted {
        case true: return image.isDeleted && canKnow
        case false: return isLive
        case nil: return query.changesSince == nil ? isLive : canKnow
        }
    }

    private func holdsFilters(_ image: Image, _ query: ImageQuery) -> Bool {
        if let isHidden = query.isHidden, image.isHidden != isHidden { return false }
        return query.filters.allSatisfy { holds($0, image) }
    }

    private func holds(_ filter: ImageQuery.Filter, _ image: Image) -> Bool {
        switch filter {
        case .text(let column, let values): text(column, of: image).map(values.contains) ?? false
        case .number(let column, let comparison, let value):
            number(column, of: image).map { compare($0, comparison, value) } ?? false
        case .time(.createdAt, let comparison, let value): compare(image.createdAt, comparison, value)
        case .time(.updatedAt, let comparison, let value): compare(image.updatedAt, comparison, value)
        case .isProtected(let flag): image.isProtected == flag
        case .property(let name, let value): image.properties.contains(ImageProperty(name: name, value: value))
        case .tag(let tag): image.tags.contains(tag)
        case .any(let filters): filters.contains { holds($0, image) }
        }
    }

    private func text(_ column: ImageQuery.TextColumn, of image: Image) -> String? {
        switch column {
        case .name: image.name
        case .id: image.id
        case .status: image.status.rawValue
        case .owner: image.owner
        case .checksum: image.checksum
        case .containerFormat: image.containerFormat
        case .diskFormat: image.diskFormat
        case .hashAlgorithm: image.hashAlgorithm
        case .hashValue: image.hashValue
        }
    }

    private func number(_ column: ImageQuery.NumberColumn, of image: Image) -> Int64? {
        switch column {
        case .size: image.size ?? 0
        case .knownSize: image.size
        case .virtualSize: image.virtualSize
        case .minDisk: image.minDisk
        case .minRAM: image.minRAM
        }
    }

    private func compare<Value: Comparable>(
        _ left: Value, _ comparison: ImageQuery.Comparison, _ right: Value
    ) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .less: left < right
        case .lessOrEqual: left <= right
        }
    }

    private func comesBefore(_ left: Image, _ right: Image, _ query: ImageQuery) -> Bool {
        let sort = query.sort.isEmpty ? [ImageQuery.Sort(key: .createdAt, direction: .descending)] : query.sort
        let ties = [ImageQuery.SortKey.createdAt, .id].map {
            ImageQuery.Sort(key: $0, direction: sort[sort.count - 1].direction)
        }
        for term in sort + ties {
            let order = order(left, right, by: term.key)
            if order != 0 { return (order < 0) == (term.direction == .ascending) }
        }
        return false
    }

    /// Negative where `left` comes first upwards. Text goes by its bytes; what is absent comes first.
    private func order(_ left: Image, _ right: Image, by key: ImageQuery.SortKey) -> Int {
        func bytes(_ left: String?, _ right: String?) -> Int {
            let (left, right) = (Array((left ?? "").utf8), Array((right ?? "").utf8))
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        }
        func numbers(_ left: Int64, _ right: Int64) -> Int { left == right ? 0 : left < right ? -1 : 1 }
        switch key {
        case .name: return bytes(left.name, right.name)
        case .status: return bytes(left.status.rawValue, right.status.rawValue)
        case .id: return bytes(left.id, right.id)
        case .containerFormat: return bytes(left.containerFormat, right.containerFormat)
        case .diskFormat: return bytes(left.diskFormat, right.diskFormat)
        case .size: return numbers(left.size ?? -1, right.size ?? -1)
        case .createdAt: return numbers(left.createdAt.microseconds, right.createdAt.microseconds)
        case .updatedAt: return numbers(left.updatedAt.microseconds, right.updatedAt.microseconds)
        }
    }
}
