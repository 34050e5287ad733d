import HTTPClient
import ImageModel
import JSONText
import Posix
import Synchronization

/// glance-registry, as glance-api asks it: one typed operation, one transaction, one answer.
public final class RegistryClient: Sendable {
    private let client: KeepAliveClient
    private let secretField: String
    private let patienceSeconds: Double
    /// Some thousand images.
    private let parsed = Locked(ParsedAnswers(bytesMax: 8 << 20))

    /// - Parameters:
    ///   - secret: what both daemons know; the registry answers nobody without it.
    ///   - patienceSeconds: how long a call waits for a registry that can't be reached, before it fails.
    public init(client: KeepAliveClient, secret: String, patienceSeconds: Double = 5) {
        self.client = client
        secretField = "X-Registry-Secret: \(secret)"
        self.patienceSeconds = patienceSeconds
    }

    /// Carries an operation out.
    ///
    /// What the registry can't have seen is sent again until the time is over; what it may have seen, only if that
    /// changes nothing (`isIdempotent`).
    ///
    /// - Throws: `RegistryFailure`; `unavailable` when the registry can't be reached.
    public func perform<Operation: RegistryOperation>(
        _ operation: Operation, requestID: String = ""
    ) async throws(RegistryFailure) -> Operation.Answer {
        let body = operation.json.serialized
        let path = "/operations/\(Operation.name)"
        let fields = [secretField, "X-Openstack-Request-ID: \(requestID)"]
        let deadline = Deadline.after(seconds: patienceSeconds)
        while true {
            let answer: (status: Int, body: [UInt8])
            do throws(ExchangeError) {
                answer = try await client.post(path, fields: fields, body: body)
            } catch {
                guard error.mayRetry(Operation.self), !deadline.isOver else {
                    throw .unavailable("the registry does not answer: \(error)")
                }
                await pause()
                continue
            }
            guard Operation.isRepeated, answer.status == 200 else {
                return try Self.answer(of: Operation.self, status: answer.status, body: answer.body)
            }
            return try repeatedAnswer(of: Operation.self, question: body, bytes: answer.body)
        }
    }

    private func repeatedAnswer<Operation: RegistryOperation>(
        of _: Operation.Type, question: [UInt8], bytes: [UInt8]
    ) throws(RegistryFailure) -> Operation.Answer {
        let known = parsed.withLock { $0.value(of: Operation.self, question: question, bytes: bytes) }
        if let known { return known }
        let value = try Self.answer(of: Operation.self, status: 200, body: bytes)
        parsed.withLock { $0.keep(value, of: Operation.self, question: question, bytes: bytes) }
        return value
    }

    private static func answer<Operation: RegistryOperation>(
        of _: Operation.Type, status: Int, body: [UInt8]
    ) throws(RegistryFailure) -> Operation.Answer {
        do {
            let json = try JSONValue(parsing: body)
            guard status != 200 else { return try Operation.Answer(json: json) }
            throw try RegistryFailure(json: json)
        } catch let failure as RegistryFailure {
            throw failure
        } catch {
            throw .unavailable("the registry answered \(status) to \(Operation.name): \(error)")
        }
    }

    private func pause() async {
        let loop = EventLoop.current ?? client.group.next()
        await Task(executorPreference: loop) { await loop.sleep(until: .after(seconds: 0.1)) }.value
    }
}

extension ExchangeError {
    /// Whether the request may be sent once more.
    func mayRetry<Operation: RegistryOperation>(_: Operation.Type) -> Bool {
        switch self {
        case .unreachable: true
        case .broken: Operation.isIdempotent
        case .timedOut: false
        }
    }
}
