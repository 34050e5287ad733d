import Dispatch
import ImageModel
import Synchronization
import Testing

@testable import Registry

@Suite struct QuotaTests {
    private let test: TestDatabase

    init() throws { test = try TestDatabase() }

    private static let mebibyte: Int64 = 1 << 20

    private func limits(_ pairs: [QuotaName: Int64]) -> TenantQuotas {
        var quotas = TenantQuotas()
        for (name, limit) in pairs { quotas[name] = limit }
        return quotas
    }

    private func exceeded(_ name: QuotaName, limit: Int64, used: Int64) -> RegistryFailure {
        .quotaExceeded(quota: name.rawValue, limit: limit, used: used)
    }

    private func create(_ quotas: TenantQuotas, owner: String? = "tenant") -> RegistryFailure? {
        test.failure(of: CreateImage(image: Image(id: ImageID.random(), owner: owner), quotas: quotas))
    }

    private func begin(
        _ image: Image, bytes: Int64, _ quotas: TenantQuotas, _ purpose: UploadPurpose = .data
    ) -> RegistryFailure? {
        var begin = test.beginning(image, bytes: bytes, failure: .queued)
        begin.purpose = purpose
        begin.quotas = quotas
        return test.failure(of: begin)
    }

    @Test func imagesAreCountedUntilTheyAreDeleted() throws {
        let quotas = limits([.imageCountTotal: 2])
        let first = try test.create()
        #expect(create(quotas) == nil)
        #expect(create(quotas) == exceeded(.imageCountTotal, limit: 2, used: 2))
        // Each tenant has its own, nobody's images too.
        #expect(create(quotas, owner: "other") == nil)
        #expect(create(limits([.imageCountTotal: 0]), owner: nil) == exceeded(.imageCountTotal, limit: 0, used: 0))
        try test.perform(DeleteImage(id: first.id, viewer: .owner))
        #expect(create(quotas) == nil)
        // What was refused has left nothing.
        #expect(try test.usage().images == 2)
    }

    /// Keystone's limits: what is set here counts for nothing beside them.
    @Test func finalLimitsCountWhateverIsSet() throws {
        let first = try test.create()
        try test.perform(SetQuotas(owner: "tenant", limits: limits([.imageCountTotal: 1, .imageSizeTotal: 0])))
        var quotas = limits([.imageCountTotal: 2])
        #expect(begin(first, bytes: 5, quotas) == exceeded(.imageSizeTotal, limit: 0, used: 0))
        quotas.isFinal = true
        #expect(create(quotas) == nil)
        #expect(create(quotas) == exceeded(.imageCountTotal, limit: 2, used: 2))
        #expect(begin(first, bytes: 5, quotas) == nil)
    }

    @Test func whatIsSetForATenantCountsBeforeTheDefault() throws {
        let quotas = limits([.imageCountTotal: 1])
        let set = SetQuotas(owner: "tenant", limits: limits([.imageCountTotal: 2, .imageSizeTotal: 5]))
        for _ in 1...2 { #expect(try test.perform(set) == set.limits) }
        for _ in 1...2 { #expect(create(quotas) == nil) }
        #expect(create(quotas) == exceeded(.imageCountTotal, limit: 2, used: 2))
        #expect(create(TenantQuotas()) == exceeded(.imageCountTotal, limit: 2, used: 2))
        #expect(create(quotas, owner: "other") == nil)
        #expect(try test.perform(GetUsage(owner: "tenant")).quotas == set.limits)
        #expect(try test.perform(GetUsage(owner: "other")).quotas.isEmpty)
        // -1 is no limit, whatever the default says.
        try test.perform(SetQuotas(owner: "tenant", limits: limits([.imageCountTotal: -1])))
        #expect(create(quotas) == nil)
        let left = try test.perform(
            SetQuotas(owner: "tenant", limits: TenantQuotas(), removed: [.imageCountTotal]))
        #expect(left == limits([.imageSizeTotal: 5]))
        #expect(create(quotas) == exceeded(.imageCountTotal, limit: 1, used: 3))
        let none = try test.perform(
            SetQuotas(owner: "tenant", limits: TenantQuotas(), removed: QuotaName.allCases))
        #expect(none.isEmpty)
        for limit in [-2, TenantQuotas.limitMax + 1] {
            let bad = SetQuotas(owner: "tenant", limits: limits([.imageSizeTotal: limit]))
            #expect(test.failure(of: bad) == .malformed("a limit is out of range"))
        }
    }

    @Test func bytesAreExact() throws {
        let quotas = limits([.imageSizeTotal: 10])
        let limit = 10 * Self.mebibyte
        try test.createActive(bytes: 4 * Self.mebibyte)
        let image = try test.create()
        let left = 6 * Self.mebibyte
        #expect(begin(image, bytes: left + 1, quotas) == exceeded(.imageSizeTotal, limit: limit, used: limit - left))
        #expect(begin(image, bytes: Self.mebibyte, quotas) == nil)
        func grow(_ bytes: Int64) -> RegistryFailure? {
            test.failure(
                of: GrowUpload(uploadID: "upload-" + image.id, bytes: bytes, storageQuota: nil, quotas: quotas))
        }
        #expect(grow(left + 1) == exceeded(.imageSizeTotal, limit: limit, used: limit - left))
        #expect(grow(left) == nil)
        let next = try test.create()
        #expect(begin(next, bytes: 1, quotas) == exceeded(.imageSizeTotal, limit: limit, used: limit))
        // An upload of unknown length begins with nothing, and so does one of no bytes.
        #expect(begin(next, bytes: 0, quotas) == nil)
        try test.perform(test.finish(image, bytes: left))
        #expect(try test.perform(GetUsage(owner: "tenant")).bytesStored == limit)
    }

    @Test func deletedBytesComeBackWhenTheyAreOffTheDisk() throws {
        let quotas = limits([.imageSizeTotal: 1])
        let full = try test.createActive(bytes: Self.mebibyte)
        try test.perform(DeleteImage(id: full.id, viewer: .owner))
        let image = try test.create()
        let refused = exceeded(.imageSizeTotal, limit: Self.mebibyte, used: Self.mebibyte)
        #expect(begin(image, bytes: 1, quotas) == refused)
        try test.perform(SettleReclaim(imageID: full.id))
        #expect(begin(image, bytes: Self.mebibyte, quotas) == nil)
    }

    @Test func stagedBytesHaveALimitOfTheirOwn() throws {
        let quotas = limits([.imageStageTotal: 2, .imageSizeTotal: 1])
        let (image, other) = (try test.create(), try test.create())
        #expect(begin(image, bytes: Self.mebibyte * 3 / 2, quotas, .staging) == nil)
        var usage = try test.perform(GetUsage(owner: "tenant"))
        #expect(usage.bytesStaged == Self.mebibyte * 3 / 2 && usage.bytesStored == 0)
        let refused = exceeded(.imageStageTotal, limit: 2 * Self.mebibyte, used: Self.mebibyte * 3 / 2)
        #expect(begin(other, bytes: Self.mebibyte, quotas, .staging) == refused)
        #expect(begin(other, bytes: Self.mebibyte, quotas) == nil)
        try test.perform(test.failing(other))
        try test.perform(test.finish(image, bytes: Self.mebibyte * 3 / 2))

        // Importing makes them stored ones, which have a limit as well.
        let task = ImageTask(id: "task", kind: .glanceDirect, imageID: image.id, sourceURL: "", bytesExpected: nil)
        let tooMuch = exceeded(.imageSizeTotal, limit: Self.mebibyte, used: 0)
        #expect(test.failure(of: StartImport(task: task, viewer: .owner, quotas: quotas)) == tooMuch)
        #expect(try test.get(image.id).status == .uploading)
        try test.perform(StartImport(task: task, viewer: .owner))
        #expect(test.failure(of: FinishStagedImport(imageID: image.id, quotas: quotas)) == tooMuch)
        usage = try test.perform(GetUsage(owner: "tenant"))
        #expect(usage.bytesStaged == Self.mebibyte * 3 / 2 && usage.bytesStored == 0)

        // Deleted data stay where they count until they are off the disk.
        try test.perform(DeleteImage(id: image.id, viewer: .owner))
        usage = try test.perform(GetUsage(owner: "tenant"))
        #expect(usage.bytesStaged == Self.mebibyte * 3 / 2 && usage.bytesStored == 0)
        try test.perform(SettleReclaim(imageID: image.id))
        #expect(try test.perform(GetUsage(owner: "tenant")).bytesStaged == 0)
    }

    @Test func uploadsThatRunAreBounded() throws {
        let quotas = limits([.imageCountUploading: 1])
        let (image, other) = (try test.create(), try test.create())
        #expect(begin(image, bytes: 1, quotas) == nil)
        // Sent again it is the same upload.
        #expect(begin(image, bytes: 1, quotas) == nil)
        #expect(begin(other, bytes: 1, quotas) == exceeded(.imageCountUploading, limit: 1, used: 1))
        let task = ImageTask(
            id: "task", kind: .webDownload, imageID: other.id, sourceURL: "http://h/x", bytesExpected: nil)
        let start = StartImport(task: task, viewer: .owner, quotas: quotas)
        #expect(test.failure(of: start) == exceeded(.imageCountUploading, limit: 1, used: 1))
        #expect(try test.get(other.id).status == .queued)
        try test.perform(test.finish(image))
        #expect(begin(other, bytes: 1, quotas) == nil)
    }

    @Test func anAdminMayGiveMoreThanATenantsQuotaHolds() throws {
        try test.perform(SetQuotas(owner: "other", limits: limits([.imageCountTotal: 0, .imageSizeTotal: 0])))
        let image = try test.createActive()
        var changes = ImageChanges()
        changes.fields = [.owner("other")]
        try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes))
        #expect(try test.usage("other") == Usage(images: 1, stored: 10))
        #expect(create(TenantQuotas(), owner: "other") == exceeded(.imageCountTotal, limit: 0, used: 1))
    }

    @Test func noInterleavingPassesAQuota() throws {
        let database = test.database
        let quotas = limits([.imageCountTotal: 10])
        let outcomes = Mutex<[RegistryFailure?]>([])
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            var outcome: RegistryFailure?
            do throws(RegistryFailure) {
                _ = try database.perform(
                    CreateImage(image: Image(id: ImageID.random(), owner: "tenant"), quotas: quotas))
            } catch {
                outcome = error
            }
            outcomes.withLock { $0.append(outcome) }
        }
        let failures = outcomes.withLock { $0 }.compactMap { $0 }
        #expect(failures == Array(repeating: exceeded(.imageCountTotal, limit: 10, used: 10), count: 54))
        #expect(try test.usage().images == 10)
    }
}
