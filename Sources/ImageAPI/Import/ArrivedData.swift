import BlobStore
import ImageModel

/// Data that have come from a source, whole and durable in a store under the image's id, but not yet the image's: what
/// happens to them before they are.
struct ArrivedData: Sendable {
    let blob: StoredBlob
    /// The store's name, of several.
    let store: String?
    let resources: TaskResources
    /// What they are by now, where another Glance says it or an import's plugin has made something else of them; nil as
    /// the image's row says.
    let formats: ImportFormats?

    /// - Parameter store: the store's name, of several; nil where there is one.
    init(blob: StoredBlob, store: String?, formats: ImportFormats? = nil, resources: TaskResources) {
        self.blob = blob
        self.store = store
        self.formats = formats
        self.resources = resources
    }

    /// Lets the import's plugins do their part; what they refuse is removed.
    ///
    /// - Returns: what lies under the image's id then.
    func processed(
        for task: inout ImageTask, _ ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> ArrivedData {
        guard task.kind.hasPlugins, !resources.plugins.isEmpty else { return self }
        let image = try await resources.image(task.imageID, requestID: task.id)
        do {
            let part = resources.store.part(named: store)
            let workshop = ImportWorkshop(
                imageID: image.id, store: part, resources: resources, ledger: ledger, mark: mark)
            let data = ImportData(
                try await part.open(id: image.id), blob.inspection, formats ?? ImportFormats(of: image))
            let made = try await resources.plugins.run(data, in: workshop)
            guard let result = made.result else { return self }
            // Before it takes the place of what it was made of: from then on nothing else says what it is.
            let note = ArrivalNote(
                store: store, sha512: blob.sha512,
                made: ResultNote(sha512: result.content.sha512, formats: made.formats))
            try await note.write(into: &task, resources, mark)
            return ArrivedData(
                blob: try await result.commit(), store: store, formats: made.formats, resources: resources)
        } catch RegistryFailure.unavailable(let reason) {
            // They stay for the next try.
            throw RegistryFailure.unavailable(reason)
        } catch {
            try await resources.store.remove(id: image.id)
            throw error
        }
    }

    /// Compares them with what a digest promises of them; what is something else is removed.
    ///
    /// - Parameters:
    ///   - digest: has seen them come, where the store does not take that digest itself.
    ///   - size: how many bytes were promised; nil: any number.
    /// - Throws: `UploadFailure.checksumMismatch`, `.sizeMismatch`.
    func verify(_ claim: DigestClaim?, _ digest: ClaimedDigest?, size: Int64?, imageID: String) async throws {
        do {
            if let size, size != blob.bytes { throw UploadFailure.sizeMismatch(supplied: size, received: blob.bytes) }
            guard let claim else { return }
            let value: String
            switch claim.algorithm {
            case "md5": value = blob.md5
            case "sha512": value = blob.sha512
            default:
                guard let digest else { throw UploadFailure.storeFailed("no \(claim.algorithm) was taken") }
                value = try await digest.value(of: blob, in: resources.store.part(named: store), id: imageID)
            }
            guard value == claim.value.lowercased() else {
                throw UploadFailure.checksumMismatch(supplied: claim.value, received: value)
            }
        } catch {
            try await resources.store.remove(id: imageID)
            throw error
        }
    }

    /// Whether the store that they are in is one of those that they are for.
    func isWanted(for task: ImageTask) -> Bool {
        guard let store, let stores = task.stores else { return true }
        return stores.ids.contains(store)
    }

    /// Puts copies where the image needs them before it is active: into all other stores where all have to succeed, into
    /// one where the data themselves are in none of those that are wanted.
    ///
    /// - Returns: their places.
    func copies(
        for task: inout ImageTask, _ ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> [ImageLocation] {
        guard let stores = task.stores, stores.mustAllSucceed || !isWanted(for: task) else { return [] }
        let copier = StoreCopier(
            resources: resources, imageID: task.imageID, source: resources.store.part(named: store),
            claim: BlobClaim(bytes: blob.bytes, digest: BlobDigest(.sha512, blob.sha512)), mark: mark)
        var places: [ImageLocation] = []
        let targets = stores.left.filter { $0 != store }
        task.bytesExpected = task.bytesDone + blob.bytes.times(stores.mustAllSucceed ? targets.count : 1)
        for id in targets where stores.mustAllSucceed || places.isEmpty {
            do {
                try await ledger.reserve(blob.bytes.times(places.count + 2))
                places.append(try await copier.copy(to: id, for: &task).location)
            } catch let error where error.isOfStore {
                try task.stores?.fail(id, error)
            }
        }
        return places
    }

    /// Makes them and their copies the image's.
    func finish(
        _ task: inout ImageTask, _ reservation: UploadReservation, virtualSize: Int64?, copies: [ImageLocation]
    ) async throws {
        let isKept = isWanted(for: task)
        let filled = ((isKept ? [store] : []) + copies.map(\.store)).compactMap { $0 }
        // What has failed is told with the task's end.
        let goesOn = task.stores.map { !$0.failed.isEmpty || $0.left.contains { !filled.contains($0) } } ?? false
        do throws(UploadFailure) {
            _ = try await resources.end.succeed(
                blob, in: store, reservation, virtualSize: virtualSize, formats: formats, copies: copies,
                keepsBlob: isKept, importGoesOn: goesOn, requestID: task.id)
        } catch {
            switch error {
            case .imageDeleted: throw TaskStop.imageDeleted
            case .registry(let failure): throw failure
            default: throw error
            }
        }
        task.stores?.done += filled
        if !isKept { try await resources.store.part(named: store).remove(id: task.imageID) }
    }

    /// Compares them with what was promised of them: the checksum that the client gave when it named the source and, for
    /// an import, what the image says that it is. v1 takes all. What is refused is removed.
    ///
    /// - Returns: the virtual size to note, in bytes; nil where nobody knows it.
    /// - Throws: `UploadFailure.checksumMismatch`, `.formatRefused`, `RegistryFailure`.
    func judge(for task: ImageTask) async throws -> Int64? {
        var image = try await resources.image(task.imageID, requestID: task.id)
        if let formats { image.apply(formats) }
        do throws(UploadFailure) {
            if let supplied = image.checksum, supplied.lowercased() != blob.md5 {
                throw .checksumMismatch(supplied: supplied, received: blob.md5)
            }
            guard task.kind.isImport else { return image.inspectedSize(blob.inspection) }
            return try image.judge(blob.inspection, by: resources.options.formatMatch)
        } catch {
            try await resources.store.remove(id: image.id)
            throw error
        }
    }
}
