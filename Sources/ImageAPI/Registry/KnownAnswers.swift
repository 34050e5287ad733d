import Glibc
import ImageModel
import RecentValues

/// The registry's answers to what is asked again and again, parsed. Where it can be seen that nobody has committed since,
/// one is good without asking; else the same bytes need not be parsed once more.
struct KnownAnswers: Sendable {
    /// An operation, as the registry gets it.
    private struct Question: Hashable {
        let name: String
        let body: [UInt8]
    }

    private struct Answer: Sendable {
        let bytes: [UInt8]
        let value: any Sendable
        /// The moment of the database in which it was true; nil where that is not known.
        let state: RegistryCommits.Commit?
    }

    private var answers: RecentValues<Question, Answer>

    /// - Parameter bytesMax: of questions and answers together.
    init(bytesMax: Int) {
        answers = RecentValues(bytesMax: bytesMax)
    }

    /// What is still true in that state of the database.
    mutating func value<Operation: RegistryOperation>(
        of _: Operation.Type, question: [UInt8], in state: RegistryCommits.Commit
    ) -> Operation.Answer? {
        guard let answer = answers.value(for: Question(name: Operation.name, body: question)), answer.state == state
        else { return nil }
        return answer.value as? Operation.Answer
    }

    /// What was parsed from just these bytes, when they answered the same question.
    mutating func value<Operation: RegistryOperation>(
        of _: Operation.Type, question: [UInt8], bytes: [UInt8]
    ) -> Operation.Answer? {
        guard let answer = answers.value(for: Question(name: Operation.name, body: question)),
            Self.isEqual(answer.bytes, bytes)
        else { return nil }
        return answer.value as? Operation.Answer
    }

    /// - Parameter state: as it was before and after the question; nil where there were two, or none was seen.
    mutating func keep<Operation: RegistryOperation>(
        _ value: Operation.Answer, of _: Operation.Type, question: [UInt8], bytes: [UInt8],
        in state: RegistryCommits.Commit?
    ) {
        // Parsed, an answer takes about the room of its text once more.
        answers.insert(
            Answer(bytes: bytes, value: value, state: state), for: Question(name: Operation.name, body: question),
            bytes: question.count + 2 * bytes.count + 320)
    }

    /// memcmp(3): a page has tens of thousands of bytes.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }
}
