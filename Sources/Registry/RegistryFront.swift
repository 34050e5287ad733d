import HTTPServer
import HTTPTypes
import HTTPWire
import Posix

/// glance-registry's HTTP side: `/healthcheck` for everybody; with the shared secret `POST /operations/<name>`, which is
/// glance-api's own way, and the HTTP API of Glance's registry.
public final class RegistryFront: Sendable {
    /// Bytes of an operation at the most: an image with as many properties as anybody can send.
    private static let bodyBytesMax = 16 << 20

    private let database: RegistryDatabase
    private let pool: BlockingPool
    private let secret: [UInt8]
    private let pike: PikeAPI

    /// - Parameters:
    ///   - pool: threads for SQLite; as many as there are readers, and one for the writer.
    ///   - secret: what a caller must show.
    ///   - pike: of the HTTP API of Glance's registry.
    public init(database: RegistryDatabase, pool: BlockingPool, secret: String, pike: PikeOptions = PikeOptions()) {
        self.database = database
        self.pool = pool
        self.secret = Array(secret.utf8)
        self.pike = PikeAPI(database: database, pool: pool, options: pike)
    }

    /// Answers a request.
    public func respond(to request: Request) async -> Response {
        request.id = request.head.fields["x-openstack-request-id"] ?? ""
        let path = request.head.path
        if path == "/healthcheck" {
            request.isQuiet = true
            return Response(
                status: .ok, fields: [("Content-Type", "text/plain; charset=UTF-8")], body: .bytes(Array("OK".utf8)))
        }
        guard isSecret(request.head.fields["x-registry-secret"]) else { return Response(status: .unauthorized) }
        let prefix = "/operations/"
        guard path.hasPrefix(prefix), request.head.method == .post else { return await pike.respond(to: request) }
        request.isQuiet = true
        let body: [UInt8]
        do throws(BodyError) {
            body = try await request.body.collect(bytesMax: Self.bodyBytesMax)
        } catch {
            return Response(status: error == .tooLarge(max: Self.bodyBytesMax) ? .contentTooLarge : .badRequest)
        }
        let name = String(path.dropFirst(prefix.count))
        let database = database
        let answer = await pool.result { () throws(Never) in database.answer(operation: name, body: body) }.get()
        return Response(
            status: HTTPResponse.Status(code: answer.status), fields: [("Content-Type", "application/json")],
            body: .bytes(answer.body))
    }

    /// In a time that does not tell how much of it was right.
    private func isSecret(_ text: String?) -> Bool {
        guard let text else { return false }
        let bytes = Array(text.utf8)
        guard bytes.count == secret.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(bytes, secret) { difference |= left ^ right }
        return difference == 0
    }
}
