import GRDB
import ImageModel
import Testing

@testable import Registry

/// Two glance-api with one registry never do the same task at one time.
@Suite struct TaskLeaseTests {
    let test: TestDatabase
    let image: Image
    private let mine = TaskLease(holder: "one", seconds: 60)
    private let theirs = TaskLease(holder: "two", seconds: 60)

    init() throws {
        test = try TestDatabase()
        image = try test.create()
        try test.perform(
            CreateTask(
                task: ImageTask(
                    id: "task", kind: .copyFrom, imageID: image.id, sourceURL: "http://h/x", bytesExpected: nil)))
    }

    private func unfinished(_ holder: String) throws -> [String] {
        try test.perform(ListUnfinishedTasks(holder: holder)).tasks.map(\.task.id)
    }

    /// Lets the lease of the task be over.
    private func expire() throws {
        try test.database.pool.write { db in
            try db.execute(sql: "UPDATE tasks SET lease_until = 1 WHERE id = 'task'")
        }
    }

    @Test func oneAtATimeHasIt() throws {
        #expect(try unfinished("one") == ["task"] && unfinished("two") == ["task"])
        let task = try test.perform(ClaimTask(id: "task", lease: mine))
        #expect(task.status == .processing && task.attempts == 1)
        #expect(test.failure(of: ClaimTask(id: "task", lease: theirs)) == .duplicate)
        #expect(try unfinished("one") == ["task"] && unfinished("two") == [])
        // The same one again, as after a restart.
        #expect(try test.perform(ClaimTask(id: "task", lease: mine)).attempts == 2)
    }

    @Test func onlyTheHolderWrites() throws {
        var task = try test.perform(ClaimTask(id: "task", lease: mine))
        task.bytesDone = 7
        #expect(test.failure(of: UpdateTask(task: task, lease: theirs)) == .duplicate)
        try test.perform(UpdateTask(task: task, lease: mine))
        #expect(try test.perform(GetTask(id: "task")).task.bytesDone == 7)
        task.status = .failure
        #expect(test.failure(of: FailImport(task: task, lease: theirs)) == .duplicate)
        #expect(try test.perform(GetTask(id: "task")).task.status == .processing)
    }

    @Test func aHoldThatIsOverIsTaken() throws {
        let task = try test.perform(ClaimTask(id: "task", lease: mine))
        try expire()
        #expect(try unfinished("two") == ["task"])
        #expect(try test.perform(ClaimTask(id: "task", lease: theirs)).attempts == 2)
        #expect(test.failure(of: UpdateTask(task: task, lease: mine)) == .duplicate)
        #expect(try test.perform(RenewLeases(taskIDs: ["task"], lease: mine)).ids == ["task"])
        #expect(try test.perform(RenewLeases(taskIDs: ["task"], lease: theirs)).ids == [])
        #expect(test.failure(of: ClaimTask(id: "task", lease: mine)) == .duplicate)
    }

    /// Who had it can't make the image active any more, and its reservation is gone.
    @Test func theUploadGoesWithTheHold() throws {
        try test.perform(ClaimTask(id: "task", lease: mine))
        try test.begin(image, bytes: 100, failure: .queued)
        try expire()
        try test.perform(ClaimTask(id: "task", lease: theirs))
        #expect(try test.get(image.id).status == .queued)
        #expect(try test.usage() == Usage(images: 1))
        #expect(test.failure(of: test.finish(image)) == .conflict(status: .queued))
        try test.begin(image, bytes: 50, failure: .queued)
        #expect(try test.usage().reserved == 50)
    }

    @Test func aSignOfLifeKeepsIt() throws {
        let task = try test.perform(ClaimTask(id: "task", lease: mine))
        for renew in [true, false] {
            try expire()
            if renew {
                #expect(try test.perform(RenewLeases(taskIDs: ["task", "none"], lease: mine)).ids == ["none"])
            } else {
                try test.perform(UpdateTask(task: task, lease: mine))
            }
            #expect(test.failure(of: ClaimTask(id: "task", lease: theirs)) == .duplicate)
        }
    }

    @Test func aDeletedImageEndsIt() throws {
        try test.perform(ClaimTask(id: "task", lease: mine))
        try test.perform(DeleteImage(id: image.id, viewer: .admin))
        #expect(try test.perform(RenewLeases(taskIDs: ["task"], lease: mine)).ids == ["task"])
        #expect(test.failure(of: ClaimTask(id: "task", lease: mine)) == .notFound)
        #expect(try unfinished("one") == [])
    }

    /// The start of one does not end what the other does.
    @Test func recoverySparesWhatAnotherHolds() throws {
        try test.perform(ClaimTask(id: "task", lease: mine))
        try test.begin(image, bytes: 100, failure: .queued)
        #expect(try test.perform(RecoverUploads(holder: "two")).ids == [])
        #expect(try test.get(image.id).status == .saving)
        #expect(try test.usage().reserved == 100)
        #expect(try test.perform(RecoverUploads(holder: "one")).ids == [image.id])
        #expect(try test.get(image.id).status == .queued)
    }

    @Test func credentialsGoWithTheEnd() throws {
        let other = try test.create()
        var task = ImageTask(
            id: "secret", kind: .glanceDownload, imageID: other.id, sourceURL: "http://h/x", bytesExpected: nil)
        task.credential = "sealed"
        task.remote = RemoteImage(region: "R", imageID: other.id, interface: "public", callerRoles: ["member"])
        task.sourceURLs = ["http://h/x", "http://h/y"]
        task.claim = DigestClaim(algorithm: "sha256", value: "00")
        try test.perform(CreateTask(task: task))
        var claimed = try test.perform(ClaimTask(id: "secret", lease: mine))
        #expect(claimed.credential == "sealed" && claimed.remote == task.remote)
        #expect(claimed.sourceURLs == task.sourceURLs && claimed.claim == task.claim)
        claimed.sourceURL = "http://h/y"
        try test.perform(UpdateTask(task: claimed, lease: mine))
        #expect(try test.perform(GetTask(id: "secret")).task.sourceURL == "http://h/y")
        #expect(try test.perform(GetTask(id: "secret")).task.credential == "sealed")
        for status in [ImageTask.Status.failure, .failure] {
            claimed.status = status
            try test.perform(UpdateTask(task: claimed, lease: mine))
            #expect(try test.perform(GetTask(id: "secret")).task.credential == nil)
        }
    }
}
