import GRDB
import ImageModel
import Testing

@testable import Registry

@Suite struct ImportTests {
    let test: TestDatabase
    let image: Image

    init() throws {
        test = try TestDatabase()
        image = try test.create {
            $0.diskFormat = "raw"
            $0.containerFormat = "bare"
        }
    }

    private func stage(bytes: Int64 = 10, quota: Int64? = nil) throws {
        try test.perform(
            BeginUpload(
                imageID: image.id, viewer: .owner, uploadID: "upload-" + image.id, bytes: bytes, storageQuota: quota,
                failureStatus: .queued, purpose: .staging))
        try test.perform(test.finish(image, bytes: bytes))
    }

    private func task(_ kind: ImageTask.Kind, id: String = "task") -> ImageTask {
        var task = ImageTask(id: id, kind: kind, imageID: image.id, sourceURL: "http://h/x", bytesExpected: nil)
        task.userID = "user"
        task.requestID = "req-1"
        return task
    }

    private func start(_ kind: ImageTask.Kind, id: String = "task", as viewer: Viewer = .owner) -> RegistryFailure? {
        test.failure(of: StartImport(task: task(kind, id: id), viewer: viewer))
    }

    private func properties() throws -> [String: String?] {
        Dictionary(uniqueKeysWithValues: try test.get(image.id).properties.map { ($0.name, $0.value) })
    }

    /// Images, bytes stored and staged, uploads.
    private func usage() throws -> [Int64] {
        let usage = try test.perform(GetUsage(owner: "tenant"))
        return [usage.images, usage.bytesStored, usage.bytesStaged, usage.uploads]
    }

    @Test func whatPluginsMakeOfStagedDataTakesTheirPlace() throws {
        try stage()
        #expect(start(.glanceDirect) == nil)
        try test.perform(
            BeginUpload(
                imageID: image.id, viewer: .admin, uploadID: "upload-" + image.id, bytes: 25, storageQuota: nil,
                failureStatus: .queued, purpose: .importing))
        #expect(try usage() == [1, 25, 10, 1])
        // A crash now: the staged data stay, and so does what lies under their id.
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try test.perform(FindOrphans(names: [image.id])).ids == [])
        #expect(try usage() == [1, 0, 10, 0])
        #expect(try test.get(image.id).status == .importing)

        try test.perform(
            BeginUpload(
                imageID: image.id, viewer: .admin, uploadID: "upload-" + image.id, bytes: 25, storageQuota: nil,
                failureStatus: .queued, purpose: .importing))
        var finish = test.finish(image, bytes: 25)
        finish.diskFormat = "qcow2"
        finish.containerFormat = "ovf"
        try test.perform(finish)
        let now = try test.get(image.id)
        #expect(now.status == .active && now.size == 25)
        #expect(now.diskFormat == "qcow2" && now.containerFormat == "ovf")
        #expect(try usage() == [1, 25, 0, 0])
    }

    @Test func anImportMayBringProperties() throws {
        let injected = [ImageProperty(name: "a", value: "new"), ImageProperty(name: "b", value: "")]
        try test.perform(StartImport(task: task(.webDownload), viewer: .owner, properties: injected))
        let found = try properties()
        #expect(found["a"] == "new" && found["b"] == "")
    }

    @Test func stagedDataWaitAndBecomeTheImages() throws {
        try stage()
        var now = try test.get(image.id)
        #expect(now.status == .uploading && now.size == 10 && now.checksum == nil && now.locations.isEmpty)
        #expect(try usage() == [1, 0, 10, 0])
        #expect(try test.perform(FindOrphans(names: [image.id])).ids == [])
        // Sent again after it was done: the answer is the same.
        try test.perform(test.finish(image))

        #expect(start(.glanceDirect) == nil)
        now = try test.get(image.id)
        #expect(now.status == .importing)
        #expect(
            try properties() == [
                "os_glance_import_task": "task", "os_glance_importing_to_stores": "file", "os_glance_failed_import": "",
            ])
        for _ in 1...2 { try test.perform(FinishStagedImport(imageID: image.id)) }
        now = try test.get(image.id)
        #expect(now.status == .active && now.size == 10 && now.checksum == "c" && now.hashValue == "h")
        #expect(now.locations == [ImageLocation(url: "file:///data/" + image.id)])
        #expect(try properties() == ["os_glance_importing_to_stores": "", "os_glance_failed_import": ""])
        #expect(try usage() == [1, 10, 0, 0])
    }

    @Test func stagedDataCountInTheQuota() throws {
        try stage(bytes: 10)
        let other = try test.create()
        let begin = test.beginning(other, bytes: 6, quota: 15)
        #expect(test.failure(of: begin) == .quotaExceeded(quota: "storage", limit: 15, used: 10))
        try test.perform(test.beginning(other, bytes: 5, quota: 15))
    }

    @Test func stagedDataOfADeletedImageAreReclaimed() throws {
        try stage()
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(try test.perform(ListReclaims()).reclaims.map(\.imageID) == [image.id])
        #expect(try usage() == [0, 0, 10, 0])
        try test.perform(SettleReclaim(imageID: image.id))
        #expect(try usage() == [0, 0, 0, 0])
    }

    @Test func stagedDataFollowTheImageToItsNewOwner() throws {
        try stage()
        var changes = ImageChanges()
        changes.fields = [.owner("other")]
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        #expect(try usage() == [0, 0, 0, 0])
        #expect(try test.perform(GetUsage(owner: "other")).bytesStaged == 10)
        try test.perform(DeleteImage(id: image.id, viewer: .admin))
        #expect(try test.perform(GetUsage(owner: "other")).bytesStaged == 10)
    }

    @Test func importBeginsOnceAndFromItsOwnStatus() throws {
        #expect(start(.glanceDirect) == .conflict(status: .queued))
        #expect(start(.webDownload, as: .stranger) == .notFound)
        #expect(start(.webDownload) == nil)
        #expect(start(.webDownload, id: "second") == .duplicate)
        #expect(test.failure(of: test.beginning(image)) == .conflict(status: .importing))
        #expect(test.failure(of: FinishStagedImport(imageID: image.id)) == .notFound)
    }

    @Test func webDownloadEndsActive() throws {
        #expect(start(.webDownload) == nil)
        var begin = test.beginning(image)
        begin.purpose = .importing
        #expect(try test.perform(begin).status == .importing)
        #expect(try usage() == [1, 10, 0, 1])
        try test.perform(test.finish(image))
        #expect(try test.get(image.id).status == .active)
        #expect(try properties()["os_glance_import_task"] == nil)
        #expect(try usage() == [1, 10, 0, 0])
    }

    @Test(arguments: [ImageTask.Kind.webDownload, .glanceDirect])
    func failedImportLeavesTheImageQueued(_ kind: ImageTask.Kind) throws {
        if kind == .glanceDirect { try stage() }
        #expect(start(kind) == nil)
        var failed = task(kind)
        failed.status = .failure
        failed.message = "the source answered 404"
        for _ in 1...2 { try test.perform(FailImport(task: failed)) }
        let now = try test.get(image.id)
        #expect(now.status == .queued && now.size == nil)
        #expect(try properties() == ["os_glance_importing_to_stores": "", "os_glance_failed_import": "file"])
        #expect(try usage() == [1, 0, 0, 0])
        let record = try test.perform(GetTask(id: "task"))
        #expect(record.task == failed && record.owner == "tenant" && record.finishedAt != nil)
        // It can be tried again.
        #expect(start(.webDownload, id: "second") == nil)
        #expect(try properties()["os_glance_failed_import"] == "")
        let tasks = try test.perform(ListImageTasks(imageID: image.id, viewer: .owner)).tasks
        #expect(tasks.map(\.task.id) == ["task", "second"])
    }

    @Test func crashLeavesNoImageOnTheWay() throws {
        // An upload to the staging area is cut off; one that was whole stays; an import goes on.
        try test.perform(
            BeginUpload(
                imageID: image.id, viewer: .owner, uploadID: "u", bytes: 10, storageQuota: nil, failureStatus: .queued,
                purpose: .staging))
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try test.get(image.id).status == .queued)
        try stage()
        #expect(try test.perform(RecoverUploads()).ids == [])
        #expect(try test.get(image.id).status == .uploading)
        #expect(start(.glanceDirect) == nil)
        try test.perform(RecoverUploads())
        #expect(try test.get(image.id).status == .importing)
        #expect(try test.perform(ListUnfinishedTasks(holder: "api")).tasks.map(\.task) == [task(.glanceDirect)])
        // An import whose task is gone is nobody's.
        try test.perform(FinishStagedImport(imageID: image.id))
        #expect(try test.get(image.id).status == .active)
    }

    @Test func crashDuringAWebDownloadKeepsTheImport() throws {
        #expect(start(.webDownload) == nil)
        var begin = test.beginning(image)
        begin.purpose = .importing
        try test.perform(begin)
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try test.get(image.id).status == .importing)
        #expect(try usage() == [1, 0, 0, 0])
        try test.perform(begin)
    }

    @Test func locationIsLookedAtWhileItsImageIsQueued() throws {
        var looking = task(.locationImport)
        looking.claim = DigestClaim(algorithm: "sha256", value: "00")
        try test.perform(StartImport(task: looking, viewer: .owner))
        #expect(try test.get(image.id).status == .queued)
        #expect(try properties() == [:])
        #expect(try test.perform(ListUnfinishedTasks(holder: "api")).tasks.map(\.task) == [looking])
        #expect(start(.webDownload, id: "second") == .duplicate)
        let hash = DigestClaim(algorithm: "sha512", value: "h")
        try test.perform(
            ActivateLocation(
                imageID: image.id, viewer: .admin, size: 5, location: ImageLocation(url: "http://h/x"), checksum: "c",
                hash: hash))
        let now = try test.get(image.id)
        #expect(now.status == .active && now.checksum == "c" && now.hashAlgorithm == "sha512" && now.hashValue == "h")
        #expect(try usage() == [1, 0, 0, 0])
        // Its failure changes nothing any more.
        looking.status = .failure
        try test.perform(FailImport(task: looking))
        #expect(try test.get(image.id) == now)
    }

    @Test func tasksComeInPages() throws {
        for number in 1...5 {
            let other = try test.create()
            try test.perform(
                CreateTask(
                    task: ImageTask(
                        id: "t\(number)", kind: .copyFrom, imageID: other.id, sourceURL: "http://h", bytesExpected: nil)
                ))
        }
        func page(_ key: ListTasks.SortKey, descends: Bool, after marker: String? = nil) throws -> [String] {
            try test.perform(ListTasks(limit: 2, marker: marker, sortKey: key, isDescending: descends)).tasks
                .map(\.task.id)
        }
        for key in ListTasks.SortKey.allCases {
            for descends in [true, false] {
                var ids = try page(key, descends: descends)
                while ids.count < 5 { ids += try page(key, descends: descends, after: ids.last) }
                #expect(ids == (descends ? ["t5", "t4", "t3", "t2", "t1"] : ["t1", "t2", "t3", "t4", "t5"]), "\(key)")
                #expect(try page(key, descends: descends, after: ids.last) == [])
            }
        }
        #expect(test.failure(of: ListTasks(limit: 1, marker: "no")) == .invalidMarker)
        #expect(try test.perform(ListTasks(owner: "nobody", limit: 9)).tasks == [])
        #expect(try test.perform(ListTasks(status: .success, limit: 9)).tasks == [])
    }
}
