import BlobStore
import ImageInspection
import ImageModel
import Posix

/// The plugins' part in an import of staged data: what they make takes the data's place, and is the image's.
struct StagedPlugins: Sendable {
    let resources: TaskResources
    /// The store that has the staged data.
    let part: StorePart

    init(_ resources: TaskResources, in part: StorePart) {
        self.resources = resources
        self.part = part
    }

    /// Makes the image active if the plugins make something of its data.
    ///
    /// - Returns: whether they did; where not, the staged data lie there as they came.
    func run(on image: Image, _ verdict: InspectionVerdict, _ task: inout ImageTask) async throws -> Bool {
        let uploadID = ImageID.random()
        do {
            let reservation = try await reserve(image, as: uploadID, task)
            let mark = resources.inFlight.begin(image.id, for: task.id)
            defer { resources.inFlight.end(image.id) }
            let ledger = CopyLedger(reservation, group: resources.group)
            let workshop = ImportWorkshop(
                imageID: image.id, store: part.store, resources: resources, ledger: ledger, mark: mark)
            guard let made = try await make(of: image, verdict, &task, in: workshop) else {
                await resources.end.fail(ledger.current)
                return false
            }
            try await finish(made, image, ledger, mark, &task)
            return true
        } catch {
            await resources.end.settle(imageID: image.id, uploadID: uploadID)
            throw error
        }
    }

    /// Counts beside the staged data, which are there until the result takes their place.
    private func reserve(_ image: Image, as uploadID: String, _ task: ImageTask) async throws -> UploadReservation {
        let options = resources.options
        do {
            return try await UploadReservation.begin(
                uploadID, imageID: image.id, bytes: nil, failureStatus: .queued, purpose: .importing,
                quota: options.storageQuota, quotas: try await options.limits.of(image.owner),
                viewer: Viewer(projectID: nil, isAdmin: true), registry: resources.registry, requestID: task.id)
        } catch RegistryFailure.quotaExceeded(let quota, let limit, let used) {
            throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
        }
    }

    private func make(
        of image: Image, _ verdict: InspectionVerdict, _ task: inout ImageTask, in workshop: ImportWorkshop
    ) async throws -> ImportData? {
        if let note = task.sourceTag.flatMap(ResultNote.init) {
            // An earlier process has ended at the last step: what lies there may be the result.
            if let result = try await copy(image, matching: note, workshop) {
                return ImportData(result, note.formats)
            }
        }
        let data = ImportData(try await part.store.open(id: image.id), verdict, ImportFormats(of: image))
        let made = try await resources.plugins.run(data, in: workshop)
        return made.result == nil ? nil : made
    }

    private func finish(
        _ made: ImportData, _ image: Image, _ ledger: CopyLedger, _ mark: UploadsInFlight.Mark,
        _ task: inout ImageTask
    ) async throws {
        guard let result = made.result else { return }
        var image = image
        image.apply(made.formats)
        let virtualSize = try image.judge(made.inspection, by: resources.options.formatMatch)
        // Noted before it takes the place of what it was made of: from then on nothing else says what it is.
        task.sourceTag = ResultNote(sha512: result.content.sha512, formats: made.formats).text
        _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
        let blob = try await result.commit()
        task.bytesDone = blob.bytes
        // A registry that is away fails no import: it is asked again, and the note says how far we were.
        let data = ArrivedData(blob: blob, store: part.id, formats: made.formats, resources: resources)
        let copies = try await data.copies(for: &task, ledger, mark)
        try await data.finish(&task, ledger.current, virtualSize: virtualSize, copies: copies)
    }

    /// The data under the image's id, if they are what the note says; nil where they are still those that were staged.
    private func copy(
        _ image: Image, matching note: ResultNote, _ workshop: ImportWorkshop
    ) async throws -> SealedUpload? {
        let blob = try await part.store.open(id: image.id)
        let sink = try await part.store.beginResult(id: image.id)
        do {
            while sink.receivedBytes < blob.bytes {
                try workshop.checkWanted()
                let bytes = try await blob.read(at: sink.receivedBytes, bytesMax: 1 << 20)
                guard !bytes.isEmpty else { break }
                try await workshop.pool.run { try bytes.withUnsafeBytes { try sink.write($0) } }
            }
            let sealed = try await sink.seal()
            if sealed.content.sha512 == note.sha512 { return sealed }
            await sealed.discard()
            return nil
        } catch {
            await sink.abort()
            throw error
        }
    }
}

/// What the plugins have made of staged data, as it is written into the task's row.
struct ResultNote: Equatable {
    let sha512: String
    let formats: ImportFormats

    init(sha512: String, formats: ImportFormats) {
        self.sha512 = sha512
        self.formats = formats
    }

    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[0] == "made" else { return nil }
        sha512 = words[1]
        formats = ImportFormats(
            disk: words[2].isEmpty ? nil : words[2], container: words[3].isEmpty ? nil : words[3])
    }

    var text: String { "made \(sha512) \(formats.disk ?? "") \(formats.container ?? "")" }
}
