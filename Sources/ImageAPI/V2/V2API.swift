import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

/// Version 2 of the Image API: one code for 2.0 up to the last minor version, as in Glance, whatever the path says.
///
/// A file a resource: `ImagesResource.swift`, `FileResource.swift`, `MembersResource.swift`, …
final class V2API: Sendable {
    /// What a route does; `perform` says where it is written.
    enum Action: Sendable {
        case listImages, createImage, showImage, patchImage, deleteImage
        case downloadFile, uploadFile, stageFile
        case importImage, listImageTasks
        case addLocation, listLocations
        case deactivate, reactivate
        case putTag, deleteTag
        case listMembers, addMember, showMember, updateMember, deleteMember
        case deleteFromStore
        case importInfo, storesInfo, storesDetail, usage
        case listTasks, createTask, showTask, deleteTask
        case listCache, clearCache, cacheImage, uncacheImage, listCacheNodes, cleanCache, pruneCache
        case metadef(MetadefAction)
        case schema(SchemaDocument)
    }

    /// Every path of v2, with its methods. HEAD is no method of v2, but for an image's data, where tools ask for the
    /// size before they download.
    static let router = Router<Action>(
        routes: [
            Route("/images", ["GET": .listImages, "POST": .createImage], allow: "GET, POST"),
            Route(
                "/images/{image}", ["GET": .showImage, "PATCH": .patchImage, "DELETE": .deleteImage],
                allow: "GET, PATCH, DELETE"),
            Route(
                "/images/{image}/file", ["GET": .downloadFile, "HEAD": .downloadFile, "PUT": .uploadFile],
                allow: "GET, PUT"),
            Route("/images/{image}/stage", ["PUT": .stageFile], allow: "PUT"),
            Route("/images/{image}/import", ["POST": .importImage], allow: "POST"),
            Route("/images/{image}/tasks", ["GET": .listImageTasks]),
            Route("/images/{image}/locations", ["POST": .addLocation, "GET": .listLocations], allow: "POST"),
            Route("/images/{image}/actions/deactivate", ["POST": .deactivate], allow: "POST"),
            Route("/images/{image}/actions/reactivate", ["POST": .reactivate], allow: "POST"),
            Route("/images/{image}/tags/{tag}", ["PUT": .putTag, "DELETE": .deleteTag], allow: "PUT, DELETE"),
            Route("/images/{image}/members", ["GET": .listMembers, "POST": .addMember], allow: "GET, POST"),
            Route(
                "/images/{image}/members/{member}",
                ["GET": .showMember, "PUT": .updateMember, "DELETE": .deleteMember], allow: "GET, PUT, DELETE"),
            Route("/stores/{store}/{image}", ["DELETE": .deleteFromStore], allow: "DELETE"),
            Route("/info/import", ["GET": .importInfo], allow: "GET"),
            Route("/info/stores", ["GET": .storesInfo], allow: "GET"),
            Route("/info/stores/detail", ["GET": .storesDetail], allow: "GET"),
            Route("/info/usage", ["GET": .usage]),
            Route("/tasks", ["GET": .listTasks, "POST": .createTask], allow: "GET, POST"),
            Route("/tasks/{task}", ["GET": .showTask, "DELETE": .deleteTask], allow: "GET, DELETE"),
            Route("/cache", ["GET": .listCache, "DELETE": .clearCache], allow: "GET, DELETE"),
            Route("/cache/clean", ["POST": .cleanCache], allow: "POST"),
            Route("/cache/prune", ["POST": .pruneCache], allow: "POST"),
            Route("/cache/{image}", ["PUT": .cacheImage, "DELETE": .uncacheImage], allow: "DELETE, PUT"),
            Route("/cache/nodes/{image}", ["GET": .listCacheNodes], allow: "GET"),
        ] + MetadefAction.routes + SchemaDocument.routes)

    let options: ImageAPIOptions
    let images: ImageService
    let data: ImageDataService
    let policy: Policy
    /// What v1 and v2 know of the cache together; nil where it is not managed.
    let cache: ImageCacheLedger?
    /// Knows of other regions' Glances; nil where there is none.
    let keystone: KeystoneValidator?
    let imageFields: ImageFields

    /// - Parameter cache: nil where the cache is not managed.
    init(
        options: ImageAPIOptions, images: ImageService, data: ImageDataService, policy: Policy,
        cache: ImageCacheLedger?, keystone: KeystoneValidator? = nil
    ) {
        self.options = options
        self.images = images
        self.data = data
        self.policy = policy
        self.cache = cache
        self.keystone = keystone
        imageFields = ImageFields(options)
    }

    /// - Parameter path: below the version, percent-encoded.
    func respond(
        to request: Request, path: String, _ context: RequestContext
    ) async throws(APIError) -> Response {
        let (action, parameters) = try Self.router.match(request.head.method.rawValue, path)
        return try await perform(action, V2Call(request: request, parameters: parameters, context: context))
    }

    private func perform(_ action: Action, _ call: V2Call) async throws(APIError) -> Response {
        switch action {
        case .listImages: try await listImages(call)
        case .createImage: try await createImage(call)
        case .showImage: try await showImage(call)
        case .patchImage: try await patchImage(call)
        case .deleteImage: try await deleteImage(call)
        case .downloadFile: try await downloadFile(call)
        case .uploadFile: try await uploadFile(call)
        case .stageFile: try await stageFile(call)
        case .importImage: try await importImage(call)
        case .listImageTasks: try await listImageTasks(call)
        case .addLocation: try await addLocation(call)
        case .listLocations: try await listLocations(call)
        case .deactivate: try await deactivate(call)
        case .reactivate: try await reactivate(call)
        case .putTag: try await putTag(call)
        case .deleteTag: try await deleteTag(call)
        case .listMembers: try await listMembers(call)
        case .addMember: try await addMember(call)
        case .showMember: try await showMember(call)
        case .updateMember: try await updateMember(call)
        case .deleteMember: try await deleteMember(call)
        case .deleteFromStore: try await deleteFromStore(call)
        case .importInfo: try importInfo(call)
        case .storesInfo: try storesInfo(call)
        case .storesDetail: try storesDetail(call)
        case .usage: try await usage(call)
        case .listTasks: try await listTasks(call)
        case .createTask: try await createTask(call)
        case .showTask: try await showTask(call)
        case .deleteTask: try await deleteTask(call)
        case .listCache: try await listCache(call)
        case .clearCache: try await clearCache(call)
        case .cacheImage: try await cacheImage(call)
        case .uncacheImage: try await uncacheImage(call)
        case .listCacheNodes: try await listCacheNodes(call)
        case .cleanCache: try await cleanCache(call)
        case .pruneCache: try await pruneCache(call)
        case .metadef(let action): try await perform(action, call)
        case .schema(let document): try showSchema(document, call)
        }
    }

    /// A request's JSON body: an object or an array.
    ///
    /// - Throws: 400 where there is none, where it is not JSON, or another value; 413 where it is too long.
    func json(of call: V2Call) async throws(APIError) -> JSONValue {
        guard call.hasBody else { throw .bodyExpected }
        let bytes: [UInt8]
        do throws(BodyError) {
            bytes = try await call.request.body.collect(bytesMax: options.jsonBytesMax)
        } catch {
            throw APIError(error)
        }
        if bytes.isEmpty { throw .bodyExpected }
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformedJSON
        }
        switch value {
        case .object, .array: return value
        default: throw .unexpectedBodyType
        }
    }

    /// Asks the registry, and says in v2's words what it refuses.
    func asking<Answer>(
        about imageID: String, _ ask: () async throws(RegistryFailure) -> Answer
    ) async throws(APIError) -> Answer {
        do throws(RegistryFailure) {
            return try await ask()
        } catch {
            throw APIError(v2: error, imageID: imageID)
        }
    }

    /// The image that a path names.
    ///
    /// - Throws: 404 where the caller may not see it, or where it is deleted: to admins as well.
    func image(_ call: V2Call) async throws(APIError) -> Image { try await image(call.imageID, call) }

    /// The same for a path in which the image is not the first thing that is named.
    func image(_ id: String, _ call: V2Call) async throws(APIError) -> Image {
        let image = try await asking(about: id) { () async throws(RegistryFailure) in
            try await images.get(id, call.context)
        }
        guard !image.isDeleted, policy.allows("get_image", image, call.caller) else { throw .noImageFound(id) }
        return image
    }

    /// The image that a path names, for a caller who may do this to it.
    ///
    /// - Parameter rule: of the policy. That the image is the caller's own, or the caller an admin, is asked beside it.
    /// - Throws: 404 where the caller may not see it, 403.
    func image(_ call: V2Call, toChangeBy rule: String) async throws(APIError) -> Image {
        let image = try await image(call)
        try requireChange(of: image, by: rule, call)
        return image
    }

    /// - Throws: 403 where the caller may not do this to an image that it sees.
    func requireChange(of image: Image, by rule: String, _ call: V2Call) throws(APIError) {
        try call.requireWriter()
        guard ImageAccess.canChange(image, call.caller.viewer), policy.allows(rule, image, call.caller) else {
            throw .notAuthorized(rule)
        }
    }
}

/// A request that has found its route.
struct V2Call {
    let request: Request
    /// The path's parameters in order, decoded.
    let parameters: [String]
    let context: RequestContext

    var caller: Caller { context.caller }
    var imageID: String { parameters[0] }
    var hasBody: Bool { request.body.isPresent }

    /// - Throws: 403 where the caller has no identity.
    func requireWriter() throws(APIError) {
        if caller.isReadOnly { throw .readOnlyAccess }
    }

    /// - Throws: 400 where the request has a body, though its route knows of none.
    func requireNoBody() throws(APIError) {
        if hasBody { throw .bodyNotExpected }
    }
}
