import BlobStore
import ImageModel

/// Fetches an image's data from outside: v1's `copy_from`, v2's `web-download` and task `import`.
struct RemoteCopy: TaskWork {
    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        let uploadID = ImageID.random()
        do {
            try await copy(&task, as: uploadID)
        } catch {
            // Not before it is settled can a failed copy's image be killed: killing takes no upload away.
            await resources.end.settle(imageID: task.imageID, uploadID: uploadID)
            throw error
        }
    }

    private func copy(_ task: inout ImageTask, as uploadID: String) async throws {
        guard let reservation = try await reserve(task, as: uploadID) else { return }
        let mark = resources.inFlight.begin(task.imageID)
        defer { resources.inFlight.end(task.imageID) }
        let ledger = CopyLedger(reservation, group: resources.group)
        let data: ArrivedData
        let virtualSize: Int64?
        do {
            let fetch = SourceFetch(resources: resources, ledger: ledger, mark: mark)
            let blob = try await fetch.run(&task, into: resources.store)
            data = try await ArrivedData(blob: blob, resources: resources).processed(for: task, ledger, mark)
            virtualSize = try await data.judge(for: task)
        } catch {
            throw mark.isCancelled ? TaskStop.imageDeleted : error
        }
        task.bytesDone = data.blob.bytes
        try await finish(data, ledger.current, virtualSize: virtualSize, task)
    }

    /// Moves the image on and reserves what is known of the size; nil where an earlier process ended between the image's
    /// last step and the task's.
    private func reserve(_ task: ImageTask, as uploadID: String) async throws -> UploadReservation? {
        let options = resources.options
        do {
            return try await UploadReservation.begin(
                uploadID, imageID: task.imageID, bytes: task.bytesExpected, failureStatus: .queued,
                purpose: task.kind.isImport ? .importing : .data, quota: options.storageQuota,
                quotas: options.quotas, viewer: Viewer(projectID: nil, isAdmin: true), registry: resources.registry,
                requestID: task.id)
        } catch RegistryFailure.conflict(.active) where task.kind.isImport {
            return nil
        } catch RegistryFailure.quotaExceeded(let quota, let limit, let used) {
            throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
        }
    }

    private func finish(
        _ data: ArrivedData, _ reservation: UploadReservation, virtualSize: Int64?, _ task: ImageTask
    ) async throws {
        do throws(UploadFailure) {
            _ = try await resources.end.succeed(
                data.blob, in: resources.options.stores?.defaultID, reservation, virtualSize: virtualSize,
                formats: data.formats, requestID: task.id)
        } catch {
            switch error {
            case .imageDeleted: throw TaskStop.imageDeleted
            case .registry(let failure): throw failure
            default: throw error
            }
        }
    }
}
