import RecentValues
import WALIndex

/// An operation as it came: its name and its JSON.
struct OperationCall: Hashable, Sendable {
    let name: String
    let body: [UInt8]
}

/// An operation's answer as it goes out: an HTTP status and JSON.
struct OperationAnswer: Equatable, Sendable {
    var status: Int
    var body: [UInt8]
}

/// Answers to reads, given again for as long as nobody has committed anything: a client that polls an image, or lists its
/// first page once more, costs no statement. They are all of one state of the database.
struct KeptAnswers: Sendable {
    private var state: CommitState?
    private var answers: RecentValues<OperationCall, OperationAnswer>

    /// - Parameter bytesMax: of calls and answers together.
    init(bytesMax: Int) {
        answers = RecentValues(bytesMax: bytesMax)
    }

    /// The answer that was given in the same state.
    mutating func answer(to call: OperationCall, in state: CommitState) -> OperationAnswer? {
        state == self.state ? answers.value(for: call) : nil
    }

    /// Keeps the answer.
    ///
    /// - Parameter state: as it was before the answer was looked for: what has been committed meanwhile makes it another.
    mutating func keep(_ answer: OperationAnswer, to call: OperationCall, in state: CommitState) {
        if state != self.state {
            answers.removeAll()
            self.state = state
        }
        answers.insert(answer, for: call, bytes: call.body.count + answer.body.count + 128)
    }
}
