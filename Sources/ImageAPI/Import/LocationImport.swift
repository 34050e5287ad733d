import ImageModel
import OutboundHTTP
import Posix

/// Reads what lies outside through, and makes its image active: v2's registration of a location.
struct LocationImport: TaskWork {
    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        do {
            try await addLocation(&task)
        } catch RegistryFailure.notFound {
            throw TaskStop.imageDeleted
        }
    }

    private func addLocation(_ task: inout ImageTask) async throws {
        let mark = resources.inFlight.begin(task.imageID, for: task.id)
        defer { resources.inFlight.end(task.imageID) }
        var pauses = RetryPauses(resources.options.tasks)
        while true {
            switch await digests(of: task, mark) {
            case .success(let digests):
                if let claim = task.claim, digests.claimed != claim.value {
                    throw UploadFailure.checksumMismatch(supplied: claim.value, received: digests.claimed ?? "")
                }
                task.bytesDone = digests.bytes
                return try await activate(task, digests)
            case .failure(let failure):
                if mark.isCancelled { throw TaskStop.imageDeleted }
                let pause = try pauses.next(after: failure)
                await mark.pause(seconds: pause)
            }
        }
    }

    private func digests(
        of task: ImageTask, _ mark: UploadsInFlight.Mark
    ) async -> Result<SourceDigests, FetchError> {
        let (fetcher, bytesMax) = (resources.fetcher, resources.options.imageSizeCap)
        return await resources.pool.result { () throws(FetchError) in
            try SourceDigests(
                of: task.sourceURL, claim: task.claim, bytesMax: bytesMax, fetcher: fetcher,
                isCancelled: { mark.isCancelled })
        }
    }

    private func activate(_ task: ImageTask, _ digests: SourceDigests) async throws {
        let activate = ActivateLocation(
            imageID: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true), size: digests.bytes,
            location: ImageLocation(url: task.sourceURL), checksum: digests.md5,
            hash: DigestClaim(algorithm: "sha512", value: digests.sha512))
        do throws(RegistryFailure) {
            _ = try await resources.registry.perform(activate)
        } catch {
            // An earlier process may have ended between the image's last step and the task's.
            guard error == .conflict(status: .active), task.attempts > 1 else { throw error }
        }
    }
}
