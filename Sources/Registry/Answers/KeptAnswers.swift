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
/// first page once more, costs no statement.
///
/// They are all of one state of the database. They are bounded in bytes: the older half goes when the newer is full.
struct KeptAnswers {
    private typealias Answers = [OperationCall: OperationAnswer]

    private let bytesMax: Int
    private var state: CommitState?
    private var newer: Answers = [:]
    private var older: Answers = [:]
    private var newerBytes = 0

    /// - Parameter bytesMax: of calls and answers together.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// The answer that was given in the same state.
    mutating func answer(to call: OperationCall, in state: CommitState) -> OperationAnswer? {
        guard state == self.state else { return nil }
        if let answer = newer[call] { return answer }
        guard let answer = older[call] else { return nil }
        insert(answer, to: call)
        return answer
    }

    /// Keeps the answer.
    ///
    /// - Parameter state: as it was before the answer was looked for: what has been committed meanwhile makes it another.
    mutating func keep(_ answer: OperationAnswer, to call: OperationCall, in state: CommitState) {
        if state != self.state {
            newer.removeAll(keepingCapacity: true)
            older.removeAll(keepingCapacity: true)
            newerBytes = 0
            self.state = state
        }
        insert(answer, to: call)
    }

    private mutating func insert(_ answer: OperationAnswer, to call: OperationCall) {
        let bytes = call.body.count + answer.body.count + 128
        guard bytes <= bytesMax / 8 else { return }
        if newerBytes + bytes > bytesMax / 2 {
            older = newer
            newer = [:]
            newerBytes = 0
        }
        if newer.updateValue(answer, forKey: call) == nil { newerBytes += bytes }
    }
}
