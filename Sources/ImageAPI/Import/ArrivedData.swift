import BlobStore
import ImageModel

/// Data that have come from a source, whole and durable in a store under the image's id, but not yet the image's: what
/// happens to them before they are.
struct ArrivedData: Sendable {
    let blob: StoredBlob
    let resources: TaskResources
    /// What they are by now, where another Glance says it or an import's plugin has made something else of them; nil as
    /// the image's row says.
    private(set) var formats: ImportFormats?

    init(blob: StoredBlob, resources: TaskResources, formats: ImportFormats? = nil) {
        self.blob = blob
        self.resources = resources
        self.formats = formats
    }

    /// Lets the import's plugins do their part; what they refuse is removed.
    ///
    /// - Returns: what lies under the image's id then.
    func processed(
        for task: ImageTask, _ ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> ArrivedData {
        guard task.kind.hasPlugins, !resources.plugins.isEmpty else { return self }
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await resources.registry.perform(get, requestID: task.id)
        do {
            let workshop = ImportWorkshop(imageID: image.id, resources: resources, ledger: ledger, mark: mark)
            let data = ImportData(
                try await resources.store.open(id: image.id), blob.inspection, formats ?? ImportFormats(of: image))
            let made = try await resources.plugins.run(data, in: workshop)
            guard let result = made.result else { return self }
            var arrived = ArrivedData(blob: try await result.commit(), resources: resources)
            arrived.formats = made.formats
            return arrived
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
                value = try await digest.value(of: blob, in: resources.store, id: imageID)
            }
            guard value == claim.value.lowercased() else {
                throw UploadFailure.checksumMismatch(supplied: claim.value, received: value)
            }
        } catch {
            try await resources.store.remove(id: imageID)
            throw error
        }
    }

    /// Compares them with what was promised of them: the checksum that the client gave when it named the source and, for
    /// an import, what the image says that it is. v1 takes all. What is refused is removed.
    ///
    /// - Returns: the virtual size to note, in bytes; nil where nobody knows it.
    /// - Throws: `UploadFailure.checksumMismatch`, `.formatRefused`, `RegistryFailure`.
    func judge(for task: ImageTask) async throws -> Int64? {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        var image = try await resources.registry.perform(get, requestID: task.id)
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
