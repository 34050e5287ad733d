import GRDB
import ImageModel
import Testing

@testable import Registry

@Suite struct TaskTests {
    let test: TestDatabase
    let image: Image

    init() throws {
        test = try TestDatabase()
        image = try test.create()
    }

    func task(_ id: String = "task", on image: Image? = nil) -> ImageTask {
        ImageTask(
            id: id, kind: .copyFrom, imageID: (image ?? self.image).id, sourceURL: "http://user:secret@host/x",
            bytesExpected: 10)
    }

    func unfinished() throws -> [ImageTask] { try test.perform(ListUnfinishedTasks(holder: "api")).tasks.map(\.task) }

    @Test func taskIsListedUntilItIsDone() throws {
        var task = task()
        try test.perform(CreateTask(task: task))
        #expect(try unfinished() == [task])
        #expect(test.failure(of: CreateTask(task: task)) == .duplicate)
        task.status = .processing
        task.bytesDone = 5
        task.bytesExpected = nil
        task.attempts = 2
        task.message = "the source answered 503"
        task.sourceTag = "\"abc\""
        try test.perform(UpdateTask(task: task))
        #expect(try unfinished() == [task])
        task.status = .success
        try test.perform(UpdateTask(task: task))
        try test.perform(UpdateTask(task: task))
        #expect(try unfinished() == [])
        task.status = .processing
        #expect(test.failure(of: UpdateTask(task: task)) == .notFound)
    }

    @Test(arguments: [ImageStatus.killed, .queued])
    func imageOfAnUnfinishedCopyIsQueuedAfterACrash(_ failureStatus: ImageStatus) throws {
        let done = try test.create()
        try test.perform(CreateTask(task: task("unfinished")))
        var finished = task("finished", on: done)
        try test.perform(CreateTask(task: finished))
        finished.status = .failure
        try test.perform(UpdateTask(task: finished))
        for image in [image, done] { try test.begin(image, failure: failureStatus) }
        #expect(Set(try test.perform(RecoverUploads()).ids) == [image.id, done.id])
        #expect(try test.get(image.id).status == .queued)
        #expect(try test.get(done.id).status == failureStatus)
        #expect(try test.usage() == Usage(images: 2))
        // The copy begins anew.
        try test.begin(image)
    }

    @Test func savingImageOfACopyIsQueuedEvenWithoutAnUpload() throws {
        try test.perform(CreateTask(task: task()))
        _ = try test.database.pool.write { db in
            try db.change("UPDATE images SET status = 'saving', size = 7 WHERE id = ?", [image.id])
        }
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        let recovered = try test.get(image.id)
        #expect(recovered.status == .queued && recovered.size == nil)
    }

    @Test func tasksComeOldestFirst() throws {
        for id in ["b", "a", "c"] { try test.perform(CreateTask(task: task(id))) }
        #expect(try unfinished().map(\.id) == ["b", "a", "c"])
    }

    @Test func deletionOfTheImageEndsTheTask() throws {
        try test.perform(CreateTask(task: task()))
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try unfinished() == [])
        #expect(test.failure(of: UpdateTask(task: task())) == .notFound)
        #expect(test.failure(of: CreateTask(task: task("late"))) == .notFound)
    }

    @Test func unknownTasksAndImagesAreNotFound() throws {
        #expect(test.failure(of: UpdateTask(task: task())) == .notFound)
        let unknown = Image(id: ImageID.random(), owner: nil)
        #expect(test.failure(of: CreateTask(task: task(on: unknown))) == .notFound)
        // Nor does a task move to another image.
        try test.perform(CreateTask(task: task()))
        #expect(test.failure(of: UpdateTask(task: task(on: try test.create()))) == .notFound)
    }
}
