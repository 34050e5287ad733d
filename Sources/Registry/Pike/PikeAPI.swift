import GRDB
import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText
import Posix

/// The HTTP API of Glance's own registry, as the release Pike (15.0) has it: a second vocabulary over the database, beside
/// that of the operations.
final class PikeAPI: Sendable {
    /// What a route does.
    enum Action: Sendable {
        case listImages, listImagesInDetail, createImage
        case showImage, updateImage, deleteImage
        case listMembers, replaceMembers, putMember, deleteMember, listSharedImages
        case runCommands
    }

    /// Every path, with its methods; but for memberships, other methods are 404 as other paths are.
    static let router = Router<Action>(
        routes: [
            Route("/", ["GET": .listImages]),
            Route("/images", ["GET": .listImages, "POST": .createImage]),
            Route("/images/detail", ["GET": .listImagesInDetail]),
            Route("/images/{image}", ["GET": .showImage, "PUT": .updateImage, "DELETE": .deleteImage]),
            Route(
                "/images/{image}/members", ["GET": .listMembers, "PUT": .replaceMembers],
                refusing: ["POST": "PUT, DELETE"]),
            Route(
                "/images/{image}/members/{member}", ["PUT": .putMember, "DELETE": .deleteMember],
                refusing: ["GET": "PUT, DELETE"]),
            Route("/shared-images/{member}", any: .listSharedImages),
            Route("/rpc", ["POST": .runCommands]),
        ], unknownMethod: .notFound)

    /// Bytes of a body at the most.
    private static let bodyBytesMax = 16 << 20
    /// Bytes of a request id at the most: Glance's `max_request_id_length`.
    private static let requestIDBytesMax = 64

    let options: PikeOptions
    private let database: RegistryDatabase
    private let pool: BlockingPool

    /// - Parameter pool: threads for SQLite.
    init(database: RegistryDatabase, pool: BlockingPool, options: PikeOptions) {
        self.database = database
        self.pool = pool
        self.options = options
    }

    /// Answers a request that has shown the secret.
    func respond(to request: Request) async -> Response {
        request.id = RequestID.random()
        var response: Response
        do throws(APIError) {
            let inbound = request.head.fields["x-openstack-request-id"]
            if let id = try RequestID.adopted(inbound, lengthMax: Self.requestIDBytesMax) { request.id = id }
            response = try await answer(request)
        } catch {
            response = Response(error, to: request.head)
        }
        response.fields.append(("x-openstack-request-id", request.id))
        return response
    }

    /// Identity comes before routes: who has none learns nothing of them.
    private func answer(_ request: Request) async throws(APIError) -> Response {
        let head = request.head
        let caller = try options.caller(fields: head.fields)
        let (action, parameters) = try Self.router.match(head.method.rawValue, head.path)
        let call = PikeCall(
            caller: caller, parameters: parameters, query: head.query, body: try await json(of: request),
            purgesProperties: head.fields["x-glance-registry-purge-props"] == "true")
        let result = await pool.result { () throws(APIError) in try self.perform(action, call) }
        guard let body = try result.get() else { return Response(status: .noContent) }
        return .json(200, body)
    }

    /// Does it on the calling thread, which may block.
    ///
    /// - Returns: the JSON of the answer; nil for 204.
    private func perform(_ action: Action, _ call: PikeCall) throws(APIError) -> [UInt8]? {
        switch action {
        case .listImages: try listImages(call)
        case .listImagesInDetail: try listImagesInDetail(call)
        case .createImage: try createImage(call)
        case .showImage: try showImage(call)
        case .updateImage: try updateImage(call)
        case .deleteImage: try deleteImage(call)
        case .listMembers: try listMembers(call)
        case .replaceMembers: try replaceMembers(call)
        case .putMember: try putMember(call)
        case .deleteMember: try deleteMember(call)
        case .listSharedImages: try listSharedImages(call)
        case .runCommands: try runCommands(call)
        }
    }

    /// The JSON body of a POST or PUT; nil where there is none. Those of other methods mean nothing.
    ///
    /// - Throws: 400 where it is not JSON, 413 where it is too long.
    private func json(of request: Request) async throws(APIError) -> JSONValue? {
        guard request.head.method == .post || request.head.method == .put, request.body.isPresent else { return nil }
        let bytes: [UInt8]
        do throws(BodyError) {
            bytes = try await request.body.collect(bytesMax: Self.bodyBytesMax)
        } catch {
            throw APIError(error)
        }
        if bytes.isEmpty { return nil }
        guard let json = try? JSONValue(parsing: bytes) else { throw .malformedJSON }
        // SQLite's C strings would end there.
        guard !json.containsNUL else { throw .zeroCharacter("The request's body") }
        return json
    }

    /// One transaction. What the operations in it refuse is said in general words; a route that has its own looks for it
    /// first.
    func transaction<T>(_ access: OperationAccess, _ body: (Database) throws -> T) throws(APIError) -> T {
        do {
            return try database.transaction(access, body)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(database.failure(error, operation: "the Pike API"))
        }
    }
}

/// A request that has found its route.
struct PikeCall: Sendable {
    let caller: PikeCaller
    /// The path's parameters in order, decoded.
    let parameters: [String]
    /// The query as it was sent.
    let query: String?
    let body: JSONValue?
    /// `X-Glance-Registry-Purge-Props: true`, in lower case.
    let purgesProperties: Bool

    var viewer: Viewer { caller.viewer }
    var imageID: String { parameters[0] }

    /// - Throws: 403 where the caller has no identity.
    func requireWriter() throws(APIError) {
        if caller.isReadOnly { throw .readOnlyAccess }
    }
}
