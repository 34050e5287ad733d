import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import Logging

/// The public API's front: every request comes in here, and leaves as a response.
///
/// In this order, as in Glance's pipeline: OPTIONS and CORS, health check, version, identity, request id, route. With the
/// flavor `local` what is below `/identity` leaves the row before the version.
public final class ImageAPIFront: Sendable {
    private let options: ImageAPIOptions
    private let identity: any IdentityStrategy
    private let policy: Policy
    private let versions: APIVersions
    private let v1: V1API
    private let v2: V2API
    private let identityAPI: IdentityAPI?
    private let cors: CORS
    private let logger: Logger

    /// - Parameters:
    ///   - local: the embedded identity, which the flavor `local` needs.
    ///   - keystone: the way to Keystone, which the flavor `keystone` needs.
    /// - Throws: `UnknownFlavor` where the options name an identity that there is not.
    public init(
        options: ImageAPIOptions, images: ImageService, data: ImageDataService, policy: Policy = Policy(),
        local: LocalIdentity? = nil, keystone: KeystoneValidator? = nil, logger: Logger = Logger(label: "glance-api")
    ) throws(UnknownFlavor) {
        self.options = options
        self.policy = policy
        self.logger = logger
        let flavor = try IdentityFlavor(options.flavor)
        identity = flavor.strategy(options, local: local, keystone: keystone)
        identityAPI =
            flavor.source == .local
            ? local.map { IdentityAPI(identity: $0, options: options, logger: logger) } : nil
        cors = CORS(allowedOrigins: options.corsOrigins)
        versions = APIVersions(
            servesV1: options.servesV1, servesV2: options.servesV2, hasStores: options.stores != nil,
            hasCache: options.managesCache || options.hasCacheFolder)
        let cache = options.managesCache || options.hasCacheFolder ? ImageCacheLedger() : nil
        v1 = V1API(options: options, images: images, data: data, policy: policy, cache: cache)
        v2 = V2API(
            options: options, images: images, data: data, policy: policy, cache: cache, keystone: keystone)
    }

    /// Answers a request; an error is an answer, too.
    public func respond(to request: Request) async -> Response {
        request.id = RequestID.random()
        if request.head.method == .options { return cors.preflight(request.head) }
        var response = await answer(request)
        response.fields += cors.fields(for: request.head)
        return response
    }

    private func answer(_ request: Request) async -> Response {
        let head = request.head
        if HealthCheck.matches(head.path) {
            request.isQuiet = true
            return HealthCheck.response(
                accept: head.accept, method: head.method.rawValue, disableFile: options.healthDisableFile)
        }
        if let identityAPI, IdentityAPI.matches(head.path) { return await identityAPI.respond(to: request) }
        let version = VersionNegotiation(path: head.path, accept: head.accept, among: versions)
        if case .document(let status) = version {
            return .json(status, VersionsDocument.json(versions, base: Endpoint.linkBase(of: head, options: options)))
        }
        let caller: Caller
        do throws(APIError) {
            caller = policy.recognizing(try await identity.caller(for: request))
        } catch {
            return failure(error, request)
        }
        var response: Response
        do throws(APIError) {
            let inbound = head.fields["x-openstack-request-id"]
            if let id = try RequestID.adopted(inbound, lengthMax: options.requestIDLengthMax) { request.id = id }
            response = try await answer(version, request, RequestContext(caller: caller, requestID: request.id))
        } catch {
            response = failure(error, request)
        }
        response.fields.append(("x-openstack-request-id", request.id))
        return response
    }

    private func answer(
        _ version: VersionNegotiation, _ request: Request, _ context: RequestContext
    ) async throws(APIError) -> Response {
        switch version {
        case .document: throw .notFound
        case .redirect(let version):
            let location = "\(Endpoint.base(of: request.head, options: options))/\(version.rawValue)/"
            return Response(
                status: HTTPResponse.Status(titled: 302),
                fields: [("Location", location), ("Content-Type", "text/plain; charset=UTF-8")])
        case .api(.v1, let path):
            return try await v1.respond(to: request, path: path, context)
        case .api(.v2, let path):
            return try await v2.respond(to: request, path: path, context)
        }
    }

    private func failure(_ error: APIError, _ request: Request) -> Response {
        if let cause = error.cause {
            logger.warning(
                "request failed",
                metadata: ["request_id": "\(request.id)", "status": "\(error.status)", "cause": "\(cause)"])
        }
        return Response(error, to: request.head)
    }
}
