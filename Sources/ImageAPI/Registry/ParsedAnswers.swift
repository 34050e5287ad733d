import Glibc
import ImageModel
import RecentValues

/// The registry's answers to what is asked again and again, parsed: the same bytes need not be parsed once more.
///
/// The registry is asked all the same, as it alone knows whether the answer still holds.
struct ParsedAnswers: Sendable {
    private struct Answer: Sendable {
        let bytes: [UInt8]
        let value: any Sendable
    }

    private var answers: RecentValues<[UInt8], Answer>

    /// - Parameter bytesMax: of questions and answers together.
    init(bytesMax: Int) {
        answers = RecentValues(bytesMax: bytesMax)
    }

    /// What was parsed from just these bytes, when they answered the same question.
    mutating func value<Operation: RegistryOperation>(
        of _: Operation.Type, question: [UInt8], bytes: [UInt8]
    ) -> Operation.Answer? {
        guard let answer = answers.value(for: question), Self.isEqual(answer.bytes, bytes) else { return nil }
        return answer.value as? Operation.Answer
    }

    mutating func keep<Operation: RegistryOperation>(
        _ value: Operation.Answer, of _: Operation.Type, question: [UInt8], bytes: [UInt8]
    ) {
        // Parsed, an answer takes about the room of its text once more.
        answers.insert(
            Answer(bytes: bytes, value: value), for: question, bytes: question.count + 2 * bytes.count + 256)
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
