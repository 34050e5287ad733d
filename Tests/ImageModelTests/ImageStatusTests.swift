import ImageModel
import Testing

/// The table of statuses, looked at as a graph.
@Suite struct ImageStatusTests {
    @Test(arguments: ImageStatus.allCases, ImageStatus.allCases)
    func predecessorsMirrorSuccessors(_ from: ImageStatus, _ to: ImageStatus) {
        #expect(from.successors.contains(to) == to.predecessors.contains(from))
    }

    @Test(arguments: ImageStatus.allCases)
    func noStatusFollowsItself(_ status: ImageStatus) {
        #expect(!status.successors.contains(status))
    }

    @Test(arguments: ImageStatus.allCases)
    func everyStatusCanBeReached(_ status: ImageStatus) {
        #expect(reachable(from: .queued).contains(status))
    }

    /// Nothing is stuck: from everywhere there is a way to the tombstone, and none back.
    @Test(arguments: ImageStatus.allCases)
    func everyStatusEndsInDeleted(_ status: ImageStatus) {
        #expect(reachable(from: status).contains(.deleted))
        #expect(ImageStatus.deleted.successors.isEmpty)
    }

    @Test func killedImagesStayDead() {
        #expect(ImageStatus.killed.successors == [.deleted])
    }

    /// Only uploads, imports, locations and admins make an image usable.
    @Test func theWaysToActive() {
        #expect(ImageStatus.active.predecessors == [.queued, .saving, .importing, .deactivated, .pendingDelete])
    }

    @Test func theWordsAreGlances() {
        #expect(
            ImageStatus.allCases.map(\.rawValue) == [
                "queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "pending_delete",
                "deleted",
            ])
        #expect(Visibility.allCases.map(\.rawValue) == ["public", "community", "shared", "private"])
        #expect(MemberStatus.allCases.map(\.rawValue) == ["pending", "accepted", "rejected"])
    }

    private func reachable(from start: ImageStatus) -> Set<ImageStatus> {
        var found: Set<ImageStatus> = [start]
        var waiting = [start]
        while let status = waiting.popLast() {
            for next in status.successors where found.insert(next).inserted { waiting.append(next) }
        }
        return found
    }
}
