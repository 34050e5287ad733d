import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import OutboundHTTP

// Imports: the request is checked, the image becomes `importing`, and a worker does the rest.

extension V2API {
    func importImage(_ call: V2Call) async throws(APIError) -> Response {
        let request = try ImportRequest(try await json(of: call), methods: options.importMethods)
        try call.requireWriter()
        let image = try await image(call)
        try request.requireStatus(of: image)
        switch request.method {
        case .copyImage: try await copyToStores(image, request, call)
        case .glanceDownload:
            try requireChange(of: image, by: "modify_image", call)
            let stores = try targetStores(request, call)
            var order = try await remoteOrder(request.source, image, call)
            order.stores = stores
            try await start(order, of: image, call)
        case .webDownload:
            try requireChange(of: image, by: "modify_image", call)
            var order = try webOrder(request.source, image, call)
            order.stores = try targetStores(request, call)
            try await start(order, of: image, call)
        case .glanceDirect:
            try requireChange(of: image, by: "modify_image", call)
            var order = ImportOrder(.glanceDirect)
            order.stores = try targetStores(request, call)
            try await start(order, of: image, call)
        }
        return Response(status: .accepted)
    }

    /// Where an import's data go; nil where there is one store, of which nothing has to be said.
    private func targetStores(_ request: ImportRequest, _ call: V2Call) throws(APIError) -> StoreTargets? {
        guard let stores = options.stores else { return nil }
        return try request.targets(among: stores, header: call.request.head.fields["x-image-meta-store"])
    }

    /// With one store there is nowhere to copy to.
    private func copyToStores(_ image: Image, _ request: ImportRequest, _ call: V2Call) async throws(APIError) {
        guard policy.allows("copy_image", image, call.caller) else { throw .notAuthorized("copy_image") }
        guard let catalogue = options.stores, var targets = try targetStores(request, call) else {
            if request.isForAllStores { return }
            throw .presentInStore(request.stores?.first ?? "file")
        }
        let present = catalogue.ids(of: image)
        if request.isForAllStores {
            targets.ids.removeAll(where: present.contains)
        } else if let id = targets.ids.first(where: present.contains) {
            throw .presentInStore(id)
        }
        if targets.ids.isEmpty { return }
        // Data outside are fetched by whatever URL the image has when it comes to that; naming it tells that they are.
        var order = ImportOrder(.copyImage, from: [image.outsideURL].compactMap(\.self))
        order.stores = targets
        try await start(order, of: image, call)
    }

    private func webOrder(_ source: ImportSource, _ image: Image, _ call: V2Call) throws(APIError) -> ImportOrder {
        let mayImportFiles = policy.allows("import_from_file", image, call.caller)
        var order = ImportOrder(.webDownload)
        order.urls = try source.checkedURIs(options.fetchPolicy, files: mayImportFiles ? options.fileSources : nil)
        order.claim = try source.claim(for: image)
        return order
    }

    /// The other Glance is found now, as long as there is the caller's token to look it up by: the operator's own list
    /// first, then the catalogue of the token.
    private func remoteOrder(
        _ source: ImportSource, _ image: Image, _ call: V2Call
    ) async throws(APIError) -> ImportOrder {
        let remote = try source.remoteImage(for: call.caller)
        let tokens = call.request.head.fields.values("x-auth-token")
        let token = tokens.count == 1 ? tokens.first.map { HeaderText.meaning(of: $0) } : nil
        var order = ImportOrder(.glanceDownload)
        order.remote = remote
        order.claim = try source.claim(for: image)
        if let configured = options.remoteGlance(of: remote.region) {
            order.urls = [RemoteSource.dataURL(of: remote.imageID, at: configured.endpoint)]
            order.token = configured.getsCallersToken ? token : nil
            return order
        }
        guard let keystone, let token,
            let endpoint = try await keystone.imageEndpoint(
                of: token, region: remote.region, interface: remote.interface)
        else { throw .remoteRegionUnknown(remote.region) }
        order.remote?.isFromCatalogue = true
        order.token = token
        order.urls = [RemoteSource.dataURL(of: remote.imageID, at: endpoint)]
        do throws(FetchError) {
            try options.fetchPolicy.check(order.urls[0])
        } catch {
            throw .remoteFiltered(endpoint, error.description)
        }
        return order
    }

    /// - Returns: the task as it was written.
    @discardableResult
    func start(_ order: ImportOrder, of image: Image, _ call: V2Call) async throws(APIError) -> ImageTask {
        do throws(RegistryFailure) {
            return try await data.startImport(order, of: image, call.context)
        } catch {
            switch error {
            case .duplicate: throw .importRuns
            case .conflict(.active): throw .importToActive
            case .conflict(.deleted), .conflict(.pendingDelete): throw .noImageFound(image.id)
            case .conflict where order.kind == .copyImage: throw .copyOfInactive
            case .conflict:
                throw order.kind == .glanceDirect
                    ? .importNeedsStaged
                    : .importNeedsQueued(order.kind == .glanceDownload ? "glance-download" : "web-download")
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
