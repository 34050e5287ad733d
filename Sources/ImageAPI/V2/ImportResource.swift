import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

// Imports: the request is checked, the image becomes `importing`, and a worker does the rest.

extension V2API {
    func importImage(_ call: V2Call) async throws(APIError) -> Response {
        let request = try ImportRequest(try await json(of: call), methods: options.importMethods)
        try call.requireWriter()
        let image = try await image(call)
        try request.requireStatus(of: image)
        switch request.method {
        case .copyImage: return try copyToStores(image, request, call)
        case .glanceDownload:
            try requireChange(of: image, by: "modify_image", call)
            try request.requireRemote()
        case .webDownload:
            try requireChange(of: image, by: "modify_image", call)
            try await start(.webDownload, from: try request.source(options.fetchPolicy), of: image, call)
        case .glanceDirect:
            try requireChange(of: image, by: "modify_image", call)
            try await start(.glanceDirect, from: "", of: image, call)
        }
        return Response(status: .accepted)
    }

    /// With one store there is nowhere to copy to.
    private func copyToStores(_ image: Image, _ request: ImportRequest, _ call: V2Call) throws(APIError) -> Response {
        guard policy.allows("copy_image", image, call.caller) else { throw .notAuthorized("copy_image") }
        if request.isForAllStores { return Response(status: .accepted) }
        throw .presentInStore(request.stores.first ?? "file")
    }

    /// - Returns: the task as it was written.
    @discardableResult
    func start(
        _ kind: ImageTask.Kind, from url: String, of image: Image, _ call: V2Call
    ) async throws(APIError) -> ImageTask {
        do throws(RegistryFailure) {
            return try await data.startImport(kind, from: url, of: image, call.context)
        } catch {
            switch error {
            case .duplicate: throw .importRuns
            case .conflict(.active): throw .importToActive
            case .conflict(.deleted), .conflict(.pendingDelete): throw .noImageFound(image.id)
            case .conflict:
                throw kind == .glanceDirect ? .importNeedsStaged : .importNeedsQueued("web-download")
            case .forbidden: throw .notAuthorized("modify_image")
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
    }

    func listImageTasks(_ call: V2Call) async throws(APIError) -> Response {
        let image: Image
        do throws(APIError) {
            image = try await self.image(call)
        } catch {
            throw error.status == 404 ? .notFound : error
        }
        let tasks = try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.tasks(of: image.id, call.context)
        }
        // A source may hold a password: it is the owner's alone.
        let showsInput = ImageAccess.canChange(image, call.caller.viewer)
        return .json(200, TaskDocument.json(ofImage: tasks, showsInput: showsInput))
    }
}
