import BlobStore
import ImageInspection
import ImageModel

/// Makes what was staged the image's data: v2's `glance-direct`.
struct StagedImport: TaskWork {
    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        do {
            try await finish(&task)
        } catch RegistryFailure.notFound {
            throw TaskStop.imageDeleted
        } catch UploadFailure.imageDeleted {
            throw TaskStop.imageDeleted
        }
    }

    func cleanUp(after task: ImageTask) async throws {
        try await resources.store.remove(id: task.imageID)
    }

    private func finish(_ task: inout ImageTask) async throws {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await resources.registry.perform(get, requestID: task.id)
        if image.status == .active { return }
        let verdict = try await inspect(image)
        if !resources.plugins.isEmpty, try await StagedPlugins(resources).run(on: image, verdict, &task) { return }
        // The formats may have come after the data.
        let virtualSize = try image.judge(verdict, by: resources.options.formatMatch)
        _ = try await resources.registry.perform(
            FinishStagedImport(
                imageID: image.id, virtualSize: virtualSize, store: resources.options.stores?.defaultID,
                quotas: try await resources.options.limits.of(image.owner)))
    }

    /// Reads what is staged, to see what it is.
    private func inspect(_ image: Image) async throws -> InspectionVerdict {
        let blob = try await resources.store.open(id: image.id)
        var inspector = ImageInspector()
        var offset: Int64 = 0
        while offset < blob.bytes {
            let bytes = try await blob.read(at: offset, bytesMax: 1 << 20)
            if bytes.isEmpty { break }
            bytes.withUnsafeBytes { inspector.feed($0) }
            offset += Int64(bytes.count)
        }
        return inspector.finish()
    }
}
