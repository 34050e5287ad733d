import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText
import OutboundHTTP

/// Version 1 of the Image API (1.0 and 1.1 are the same).
final class V1API: Sendable {
    /// What a route does; `perform` says where it is written.
    enum Action: Sendable {
        case listImages, listImagesInDetail, createImage
        case downloadImage, showImage, updateImage, deleteImage
        case listMembers, replaceMembers, putMember, deleteMember, listSharedImages
    }

    /// Every path of v1, with its methods. `/images/detail` stands before `/images/{image}`.
    static let router = Router<Action>(routes: [
        Route("/", any: .listImages),
        Route("/images", ["GET": .listImages, "POST": .createImage], allow: "GET, POST"),
        Route("/images/detail", ["GET": .listImagesInDetail], allow: "GET, HEAD", refusing: ["HEAD": "GET"]),
        Route(
            "/images/{image}",
            ["GET": .downloadImage, "HEAD": .showImage, "PUT": .updateImage, "DELETE": .deleteImage],
            allow: "GET, HEAD, PUT, DELETE"),
        Route("/images/{image}/members", ["GET": .listMembers, "PUT": .replaceMembers], allow: "GET, PUT"),
        Route(
            "/images/{image}/members/{member}", ["PUT": .putMember, "DELETE": .deleteMember],
            allow: "GET, PUT, DELETE", refusing: ["GET": nil]),
        Route("/shared-images/{member}", any: .listSharedImages),
    ])

    let options: ImageAPIOptions
    let images: ImageService
    let data: ImageDataService
    let policy: Policy
    /// nil without a cache; its routes are there with cache management in the flavor alone.
    let cache: CacheManagement?

    /// - Parameter cache: nil where there is none.
    init(
        options: ImageAPIOptions, images: ImageService, data: ImageDataService, policy: Policy,
        cache: ImageCacheLedger?
    ) {
        self.options = options
        self.images = images
        self.data = data
        self.policy = policy
        self.cache = cache.map { CacheManagement(policy: policy, ledger: $0) }
    }

    /// - Parameter path: below the version, percent-encoded.
    func respond(
        to request: Request, path: String, _ context: RequestContext
    ) async throws(APIError) -> Response {
        let method = request.head.method.rawValue
        if options.managesCache, let answer = try cache?.respond(to: method, path: path, context.caller) {
            return answer
        }
        let (action, parameters) = try Self.router.match(method, path)
        // A body that means nothing must be JSON all the same; Glance fails on it even then, which helps nobody.
        if ["GET", "HEAD", "DELETE"].contains(method), request.body.isPresent { _ = try await json(of: request) }
        return try await perform(action, V1Call(request: request, parameters: parameters, context: context))
    }

    private func perform(_ action: Action, _ call: V1Call) async throws(APIError) -> Response {
        switch action {
        case .listImages: try await listImages(call)
        case .listImagesInDetail: try await listImagesInDetail(call)
        case .createImage: try await createImage(call)
        case .downloadImage: try await downloadImage(call)
        case .showImage: try await showImage(call)
        case .updateImage: try await updateImage(call)
        case .deleteImage: try await deleteImage(call)
        case .listMembers: try await listMembers(call)
        case .replaceMembers: try await replaceMembers(call)
        case .putMember: try await putMember(call)
        case .deleteMember: try await deleteMember(call)
        case .listSharedImages: try await listSharedImages(call)
        }
    }

    /// A request's JSON body; nil where it has none.
    ///
    /// - Throws: 400 where it is not JSON, 413 where it is too long.
    func json(of request: Request) async throws(APIError) -> JSONValue? {
        guard request.body.isPresent else { return nil }
        let bytes: [UInt8]
        do throws(BodyError) {
            bytes = try await request.body.collect(bytesMax: options.jsonBytesMax)
        } catch {
            throw APIError(error)
        }
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .malformedJSON
        }
    }

    /// Asks the registry, and says in v1's words what it refuses.
    func asking<Answer>(
        about imageID: String, _ ask: () async throws(RegistryFailure) -> Answer
    ) async throws(APIError) -> Answer {
        do throws(RegistryFailure) {
            return try await ask()
        } catch {
            throw APIError(error, imageID: imageID)
        }
    }

    /// The image that a path names; 404 where the caller may not see it.
    func image(_ call: V1Call) async throws(APIError) -> Image {
        try await asking(about: call.imageID) { () async throws(RegistryFailure) in
            try await images.get(call.imageID, call.context)
        }
    }
}

/// A request that has found its route.
struct V1Call {
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
}
