import BlobStore
import ImageModel

/// Data that have come from a source, whole and durable in a store under the image's id, but not yet the image's: what
/// happens to them before they are.
struct ArrivedData: Sendable {
    let blob: StoredBlob
    let resources: TaskResources

    /// Compares them with what was promised of them: the checksum that the client gave when it named the source and, for
    /// an import, what the image says that it is. v1 takes all. What is refused is removed.
    ///
    /// - Returns: the virtual size to note, in bytes; nil where nobody knows it.
    /// - Throws: `UploadFailure.checksumMismatch`, `.formatRefused`, `RegistryFailure`.
    func judge(for task: ImageTask) async throws -> Int64? {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await resources.registry.perform(get, requestID: task.id)
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
