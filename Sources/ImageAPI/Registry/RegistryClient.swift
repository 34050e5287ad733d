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
    private let known = Locked(KnownAnswers(bytesMax: 8 << 20))
    private let commits = RegistryCommits()

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
    /// changes nothing (`isIdempotent`). What is asked again and again (`isRepeated`) is not sent at all while the last
    /// answer is known to be true.
    ///
    /// - Throws: `RegistryFailure`; `unavailable` when the registry can't be reached.
    public func perform<Operation: RegistryOperation>(
        _ operation: Operation, requestID: String = ""
    ) async throws(RegistryFailure) -> Operation.Answer {
        let question = operation.json.serialized
        guard Operation.isRepeated else {
            let answer = try await ask(Operation.self, question, requestID)
            return try Self.answer(of: Operation.self, status: answer.status, body: answer.body)
        }
        let state = newestCommit()
        if let state, let answer = known.withLock({ $0.value(of: Operation.self, question: question, in: state) }) {
            return answer
        }
        let answer = try await ask(Operation.self, question, requestID)
        guard answer.status == 200 else {
            return try Self.answer(of: Operation.self, status: answer.status, body: answer.body)
        }
        let value: Operation.Answer
        if let same = known.withLock({ $0.value(of: Operation.self, question: question, bytes: answer.body) }) {
            value = same
        } else {
            value = try Self.answer(of: Operation.self, status: 200, body: answer.body)
        }
        let settled = state == commits.newest ? state : nil
        known.withLock {
            $0.keep(value, of: Operation.self, question: question, bytes: answer.body, in: settled)
        }
        return value
    }

    private func ask<Operation: RegistryOperation>(
        _: Operation.Type, _ question: [UInt8], _ requestID: String
    ) async throws(RegistryFailure) -> (status: Int, body: [UInt8]) {
        let deadline = Deadline.after(seconds: patienceSeconds)
        while true {
            do throws(ExchangeError) {
                return try await post(Operation.self, question, requestID)
            } catch {
                guard error.mayRetry(Operation.self), !deadline.isOver else {
                    throw .unavailable("the registry does not answer: \(error)")
                }
                await pause()
            }
        }
    }

    private func post<Operation: RegistryOperation>(
        _: Operation.Type, _ question: [UInt8], _ requestID: String
    ) async throws(ExchangeError) -> (status: Int, body: [UInt8]) {
        let fields = [secretField, "X-Openstack-Request-ID: \(requestID)"]
        do throws(ExchangeError) {
            return try await client.post("/operations/\(Operation.name)", fields: fields, body: question)
        } catch {
            commits.forget()
            throw error
        }
    }

    /// nil where it can't be seen.
    private func newestCommit() -> RegistryCommits.Commit? {
        if commits.beginSearch() {
            let loop = EventLoop.current ?? client.group.next()
            Task(executorPreference: loop) { await self.search() }
        }
        return commits.newest
    }

    /// Looks for the registry's commits for the first time; later on that is done beside the calls.
    public func lookForCommits() async {
        if commits.beginSearch() { await search() }
    }

    private func search() async {
        let answer = try? await post(LocateWALIndex.self, LocateWALIndex().json.serialized, "")
        commits.endSearch(
            answer.flatMap { try? Self.answer(of: LocateWALIndex.self, status: $0.status, body: $0.body) })
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
