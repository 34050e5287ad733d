import GRDB
import ImageModel
import Testing

@testable import Registry

/// Data of one image in several stores: rows, ledger and what counts as garbage.
@Suite struct StoreCopiesTests {
    let test: TestDatabase
    let image: Image
    static let places = [
        StorePlace(id: "fast", urlPrefix: "file:///fast/"), StorePlace(id: "cheap", urlPrefix: "file:///cheap/"),
    ]

    init() throws {
        test = try TestDatabase()
        image = try test.create {
            $0.diskFormat = "raw"
            $0.containerFormat = "bare"
        }
    }

    private func place(_ store: String) -> ImageLocation {
        ImageLocation(url: "file:///\(store)/\(image.id)", store: store)
    }

    private func activate() throws {
        try test.begin(image)
        var finish = test.finish(image)
        finish.location = place("fast")
        try test.perform(finish)
    }

    private func beginCopy(_ id: String = "copy", bytes: Int64 = 10, quota: Int64? = nil) -> BeginUpload {
        BeginUpload(
            imageID: image.id, viewer: .admin, uploadID: id, bytes: bytes, storageQuota: quota,
            failureStatus: .queued, purpose: .copying)
    }

    private func orphans(in store: String) throws -> [String] {
        try test.perform(FindOrphans(names: [image.id], store: store, places: Self.places)).ids
    }

    private func task(_ kind: ImageTask.Kind, _ stores: StoreTargets) -> ImageTask {
        var task = ImageTask(id: "task", kind: kind, imageID: image.id, sourceURL: "", bytesExpected: nil)
        task.stores = stores
        return task
    }

    private func properties() throws -> [String: String?] {
        Dictionary(uniqueKeysWithValues: try test.get(image.id).properties.map { ($0.name, $0.value) })
    }

    @Test func copiesCostWhatTheyTake() throws {
        try activate()
        #expect(
            test.failure(of: beginCopy(quota: 19)) == .quotaExceeded(quota: "storage", limit: 19, used: 10))
        try test.perform(beginCopy(quota: 20))
        #expect(test.failure(of: beginCopy("second")) == .duplicate, "one at a time")
        #expect(try test.usage() == Usage(images: 1, stored: 10, reserved: 10, uploads: 1))
        let finish = FinishCopy(imageID: image.id, uploadID: "copy", bytes: 10, locations: [place("cheap")])
        for _ in 1...2 { #expect(try test.perform(finish).locations == [place("fast"), place("cheap")]) }
        #expect(try test.usage() == Usage(images: 1, stored: 20))
        #expect(try test.get(image.id).status == .active)
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        #expect(
            try test.perform(ListReclaims()).reclaims == [
                Reclaim(imageID: image.id, location: place("cheap")),
                Reclaim(imageID: image.id, location: place("fast")),
            ])
        try test.perform(SettleReclaim(imageID: image.id, url: place("fast").url))
        #expect(try test.usage() == Usage(stored: 10))
        try test.perform(SettleReclaim(imageID: image.id, url: place("cheap").url))
        #expect(try test.usage() == Usage())
    }

    @Test func aCopyThatFailsCostsNothing() throws {
        try activate()
        try test.perform(beginCopy())
        #expect(try orphans(in: "cheap") == [], "it is just coming")
        try test.perform(FailUpload(imageID: image.id, uploadID: "copy"))
        #expect(try test.usage() == Usage(images: 1, stored: 10))
        #expect(try test.get(image.id).status == .active)
        #expect(try orphans(in: "cheap") == [image.id] && orphans(in: "fast") == [])
        #expect(
            test.failure(
                of: FinishCopy(imageID: image.id, uploadID: "copy", bytes: 10, locations: [place("cheap")]))
                == .conflict(status: .active))
        // A crash is a failure, too.
        try test.perform(beginCopy("again"))
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try test.get(image.id).status == .active)
        #expect(try test.usage() == Usage(images: 1, stored: 10))
    }

    /// Staged data stay where they are; a copy that was made of them elsewhere, and has no row yet, would be in the way of
    /// the import when it goes on.
    @Test func aCrashBeforeAStagedImportsCopiesAreTheImages() throws {
        var staging = beginCopy("staging")
        staging.purpose = .staging
        try test.perform(staging)
        var staged = test.finish(image)
        staged.uploadID = "staging"
        staged.location = place("fast")
        try test.perform(staged)
        try test.perform(
            StartImport(task: task(.glanceDirect, StoreTargets(ids: ["fast", "cheap"])), viewer: .owner))
        var begin = beginCopy("copy")
        begin.purpose = .importing
        try test.perform(begin)
        #expect(try orphans(in: "cheap") == [], "it is just coming")
        #expect(try test.perform(RecoverUploads()).ids == [image.id])
        #expect(try orphans(in: "fast") == [] && orphans(in: "cheap") == [image.id])
        #expect(try test.get(image.id).status == .importing)
    }

    @Test func onePlaceIsTakenAwayByItself() throws {
        try activate()
        try test.perform(beginCopy())
        try test.perform(FinishCopy(imageID: image.id, uploadID: "copy", bytes: 10, locations: [place("cheap")]))
        var changes = ImageChanges()
        changes.locations = LocationChanges(
            before: [place("fast").url, place("cheap").url], after: [place("cheap")])
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        #expect(
            try test.perform(ListReclaims()).reclaims == [
                Reclaim(imageID: image.id, location: place("fast"), standing: [place("cheap")])
            ])
        #expect(try test.usage() == Usage(images: 1, stored: 20))
        #expect(try orphans(in: "fast") == [], "it is the reclaimer's")
        #expect(test.failure(of: beginCopy("back")) == .duplicate, "no copy goes where data are being removed")
        try test.perform(SettleReclaim(imageID: image.id, url: place("fast").url))
        #expect(try test.usage() == Usage(images: 1, stored: 10))
        #expect(try orphans(in: "fast") == [image.id] && orphans(in: "cheap") == [])
        try test.perform(beginCopy("back"))
    }

    /// Rows from before there were several stores, or whose store has another name by now.
    @Test(arguments: [
        (ImageLocation(url: "file:///cheap/"), ["fast"]), (ImageLocation(url: "file:///old/"), []),
        (ImageLocation(url: "file:///old/", store: "gone"), []),
        (ImageLocation(url: "file:///fast/", store: "gone"), ["cheap"]),
        (ImageLocation(url: "file:///fast/", store: "cheap"), ["fast"]),
    ])
    func rowsAreGarbageOnlyWhereItIsCertain(_ location: ImageLocation, stores: [String]) throws {
        try test.begin(image)
        var finish = test.finish(image)
        finish.location = ImageLocation(url: location.url + image.id, store: location.store)
        try test.perform(finish)
        let found = try ["fast", "cheap"].filter { try orphans(in: $0) == [image.id] }
        #expect(found == stores)
        #expect(try test.perform(FindOrphans(names: [image.id])).ids == [])
    }

    @Test func whatATaskHasFetchedIsNoOrphan() throws {
        func found() throws -> [String] { try ["fast", "cheap"].filter { try orphans(in: $0) == [image.id] } }
        let arrived = #"{"arrived":{"sha512":"00","store":"fast"}}"#
        var task = task(.webDownload, StoreTargets(ids: ["fast", "cheap"]))
        try test.perform(StartImport(task: task, viewer: .admin))
        task.status = .processing
        for (tag, stores) in [
            (nil, ["fast", "cheap"]), ("\"one\"", ["fast", "cheap"]), ("W/\"no JSON", ["fast", "cheap"]),
            (arrived, ["cheap"]), (#"{"arrived":{"sha512":"00"}}"#, ["fast", "cheap"]),
        ] {
            task.sourceTag = tag
            try test.perform(UpdateTask(task: task))
            #expect(try found() == stores, "\(tag ?? "nil")")
            let isKept = tag?.contains("arrived") == true
            #expect(try test.perform(FindOrphans(names: [image.id])).ids == (isKept ? [] : [image.id]))
        }
        task.sourceTag = arrived
        task.status = .failure
        try test.perform(UpdateTask(task: task))
        #expect(try found() == ["fast", "cheap"], "the task has ended")
    }

    @Test func importsShowHowFarTheyAre() throws {
        var stores = StoreTargets(ids: ["fast", "cheap", "tape"], mustAllSucceed: false)
        try test.perform(StartImport(task: task(.webDownload, stores), viewer: .owner))
        #expect(try properties()["os_glance_importing_to_stores"] == "fast,cheap,tape")
        var begin = test.beginning(image)
        begin.purpose = .importing
        try test.perform(begin)
        var finish = test.finish(image)
        finish.location = place("fast")
        finish.importGoesOn = true
        try test.perform(finish)
        #expect(try test.get(image.id).status == .active)
        #expect(try properties()["os_glance_import_task"] == "task")
        stores.done = ["fast"]
        var running = task(.webDownload, stores)
        running.status = .processing
        try test.perform(UpdateTask(task: running))
        #expect(try properties()["os_glance_importing_to_stores"] == "cheap,tape")
        running.stores?.failed = ["tape"]
        try test.perform(UpdateTask(task: running))
        #expect(
            try properties() == [
                "os_glance_import_task": "task", "os_glance_importing_to_stores": "cheap",
                "os_glance_failed_import": "tape",
            ])
        #expect(try test.perform(ListUnfinishedTasks(holder: "h")).tasks.map(\.task) == [running])
        running.stores?.done.append("cheap")
        running.status = .success
        try test.perform(UpdateTask(task: running))
        #expect(try properties() == ["os_glance_importing_to_stores": "", "os_glance_failed_import": "tape"])
    }

    @Test func severalPlacesBecomeTheImagesTogether() throws {
        let stores = StoreTargets(ids: ["fast", "cheap"])
        try test.perform(StartImport(task: task(.webDownload, stores), viewer: .owner))
        var begin = test.beginning(image, bytes: 20)
        begin.purpose = .importing
        try test.perform(begin)
        var finish = test.finish(image)
        finish.location = place("fast")
        finish.copies = [place("cheap")]
        for _ in 1...2 { #expect(try test.perform(finish).locations == [place("fast"), place("cheap")]) }
        #expect(try test.usage() == Usage(images: 1, stored: 20))
        #expect(try properties() == ["os_glance_importing_to_stores": "", "os_glance_failed_import": ""])
    }

    @Test(arguments: [true, false])
    func stagedDataStayOrGo(_ keepsStaged: Bool) throws {
        try test.perform(
            BeginUpload(
                imageID: image.id, viewer: .owner, uploadID: "upload-" + image.id, bytes: 10, storageQuota: nil,
                failureStatus: .queued, purpose: .staging))
        var upload = test.finish(image)
        upload.location = place("fast")
        try test.perform(upload)
        try test.perform(StartImport(task: task(.glanceDirect, StoreTargets(ids: ["cheap"])), viewer: .owner))
        var begin = test.beginning(image)
        begin.uploadID = "copies"
        begin.purpose = .importing
        try test.perform(begin)
        #expect(try orphans(in: "fast") == [])
        var finish = FinishStagedImport(imageID: image.id, store: "fast")
        finish.keepsStaged = keepsStaged
        finish.copies = [place("cheap")]
        finish.uploadID = "copies"
        finish.copiesHash = "another"
        #expect(test.failure(of: finish) == .malformed("the copies are not what was staged"))
        finish.copiesHash = "h"
        for _ in 1...2 { try test.perform(finish) }
        let usage = try test.perform(GetUsage(owner: "tenant"))
        #expect(usage.bytesStored == (keepsStaged ? 20 : 10) && usage.bytesStaged == (keepsStaged ? 0 : 10))
        #expect(try test.get(image.id).locations == (keepsStaged ? [place("fast")] : []) + [place("cheap")])
        #expect(
            try test.perform(ListReclaims()).reclaims.map(\.location) == (keepsStaged ? [] : [place("fast")]))
    }

    @Test func copyOfAnActiveImageThatFailsLeavesItActive() throws {
        try activate()
        var copy = task(.copyImage, StoreTargets(ids: ["cheap"]))
        try test.perform(StartImport(task: copy, viewer: .stranger.asAdmin))
        #expect(try test.get(image.id).status == .active)
        #expect(try properties()["os_glance_importing_to_stores"] == "cheap")
        #expect(
            test.failure(
                of: StartImport(task: ImageTask(copy, id: "second"), viewer: .admin)) == .duplicate)
        copy.status = .failure
        copy.stores?.failed = ["cheap"]
        try test.perform(FailImport(task: copy))
        #expect(try test.get(image.id).status == .active)
        #expect(try properties() == ["os_glance_importing_to_stores": "", "os_glance_failed_import": "cheap"])
    }
}

extension Viewer {
    fileprivate var asAdmin: Viewer { Viewer(projectID: projectID, isAdmin: true) }
}

extension ImageTask {
    fileprivate init(_ task: ImageTask, id: String) {
        self = task
        self.id = id
    }
}
