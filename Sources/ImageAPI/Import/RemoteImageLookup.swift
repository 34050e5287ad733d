import Credentials
import ImageModel
import OutboundHTTP
import Posix

/// Finds an image of another Glance, and asks what it is.
struct RemoteImageLookup {
    let resources: TaskResources

    /// The way to the image that a task is about.
    ///
    /// - Throws: `FetchError` where the operator no longer names its Glance.
    func source(of task: ImageTask) throws(FetchError) -> RemoteSource {
        let token = task.credential.flatMap { resources.seal.open($0, for: task.id) }
        var configured: RemoteGlance?
        if let remote = task.remote, !remote.isFromCatalogue {
            configured = resources.options.remoteGlance(of: remote.region)
            guard configured != nil else {
                throw .refused(option: nil, reason: "no image service is known any more in the region \(remote.region)")
            }
        }
        return try RemoteSource(
            dataURL: task.sourceURL, configured: configured, token: token, fetcher: resources.fetcher)
    }

    /// Asks until it answers, as patiently as for data.
    func describe(_ task: ImageTask, _ mark: UploadsInFlight.Mark) async throws -> RemoteImageDescription {
        let source = try source(of: task)
        var pauses = RetryPauses(resources.options.tasks)
        while true {
            let result = await resources.pool.result { () throws(FetchError) in
                try source.fetcher.document(
                    source.url, bytesMax: RemoteImageDescription.bytesMax, fields: source.fields,
                    isCancelled: { mark.isCancelled })
            }
            switch result {
            case .success(let body):
                return try RemoteImageDescription(
                    body, prefixes: resources.options.remotePropertyPrefixes, options: resources.options)
            case .failure(let failure):
                if let refusal = Self.refusal(failure) { throw refusal }
                let pause = try pauses.next(after: failure)
                await mark.pause(seconds: pause)
            }
        }
    }

    private static func refusal(_ failure: FetchError) -> RemoteImageDescription.Refusal? {
        switch failure {
        case .notFound:
            .init(description: "the other Glance has no such image, or does not show it")
        case .badStatus(let status) where status == 401 || status == 403:
            .init(description: "the other Glance refuses who asks: status \(status)")
        default: nil
        }
    }
}

extension RemoteImageDescription {
    /// Gives the image here some of the properties that it has there. Those that a property protection keeps from who
    /// asked for the image stay away.
    ///
    /// - Throws: `UploadFailure.overQuota` where there are too many properties; `RegistryFailure`.
    func takeOver(for task: ImageTask, _ resources: TaskResources) async throws {
        var changes = ImageChanges()
        let caller = resources.policy.recognizing(
            Caller(
                userID: task.userID, projectID: nil, roles: task.remote?.callerRoles ?? [], options: resources.options))
        changes.properties = properties.filter { resources.policy.permits(.create, $0.name, caller) }
        let update = UpdateImage(
            id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true), changes: changes,
            expectedStatuses: [.importing], propertyQuota: resources.options.propertyQuota)
        do throws(RegistryFailure) {
            _ = try await resources.registry.perform(update, requestID: task.id)
        } catch {
            switch error {
            case .quotaExceeded(let quota, let limit, let used):
                throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
            case .notFound, .conflict: throw TaskStop.imageDeleted
            default: throw error
            }
        }
    }
}
