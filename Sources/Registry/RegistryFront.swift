import HTTPServer
import HTTPTypes
import HTTPWire
import Posix
import Synchronization

/// glance-registry's HTTP side: `/healthcheck` for everybody; with the shared secret `POST /operations/<name>`, which is
/// glance-api's own way, and the HTTP API of Glance's registry.
public final class RegistryFront: Sendable {
    /// Bytes of an operation at the most: an image with as many properties as anybody can send.
    private static let bodyBytesMax = 16 << 20

    private let database: RegistryDatabase
    private let pool: BlockingPool
    private let secret: [UInt8]
    private let pike: PikeAPI
    /// Some thousand images.
    private let kept = Locked(KeptAnswers(bytesMax: 4 << 20))

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
        let answer = await answer(to: OperationCall(name: String(path.dropFirst(prefix.count)), body: body))
        return Response(
            status: HTTPResponse.Status(code: answer.status), fields: [("Content-Type", "application/json")],
            body: .bytes(answer.body))
    }

    private func answer(to call: OperationCall) async -> OperationAnswer {
        let isRepeated = OperationHandler.named[call.name]?.isRepeated == true
        let state = isRepeated ? database.commitState : nil
        if let state, let answer = kept.withLock({ $0.answer(to: call, in: state) }) { return answer }
        let database = database
        let answer = await pool.result { () throws(Never) in database.answer(to: call) }.get()
        // Of failures "not found" alone is as true as the database.
        if let state, state == database.commitState, answer.status == 200 || answer.status == 404 {
            kept.withLock { $0.keep(answer, to: call, in: state) }
        }
        return answer
    }

    /// In a time that does not tell how much of it was right.
    private func isSecret(_ text: String?) -> Bool {
        guard let text else { return false }
        guard text.utf8.count == secret.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(text.utf8, secret) { difference |= left ^ right }
        return difference == 0
    }
}
