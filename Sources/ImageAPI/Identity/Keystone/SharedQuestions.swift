import Posix
import Synchronization

/// Questions that are being asked: who has the same one waits for the answer to the first, so that a burst of requests
/// costs the service that is asked one call.
final class SharedQuestions<Question: Hashable & Sendable, Answer: Sendable, Failure: Error>: Sendable {
    private typealias Waiting = UnsafeContinuation<Result<Answer, Failure>?, Never>

    private let asked = Locked<[Question: [Waiting]]>([:])

    /// The answer to a question that is being asked already, or else what `ask` finds out.
    func answer(
        to question: Question, _ ask: @Sendable () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        if let answer = await answerToAnother(question) { return try answer.get() }
        let answer: Result<Answer, Failure>
        do throws(Failure) { answer = .success(try await ask()) } catch { answer = .failure(error) }
        happensBefore(self)
        for waiting in asked.withLock({ $0.removeValue(forKey: question) }) ?? [] { waiting.resume(returning: answer) }
        return try answer.get()
    }

    /// nil, at once, for the first who asks.
    private func answerToAnother(_ question: Question) async -> Result<Answer, Failure>? {
        defer { happensAfter(self) }
        return await withUnsafeContinuation { waiting in
            let isFirst = asked.withLock { asked in
                guard asked[question] != nil else {
                    asked[question] = []
                    return true
                }
                asked[question]?.append(waiting)
                return false
            }
            if isFirst { waiting.resume(returning: nil) }
        }
    }
}
