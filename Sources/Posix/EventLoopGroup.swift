import Synchronization

/// The event loops of a process.
public final class EventLoopGroup: Sendable {
    /// All of them; at least one.
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// - Parameters:
    ///   - count: how many threads; at least 1.
    ///   - name: shown by the system for the threads.
    public init(count: Int, name: String) throws(Errno) {
        precondition(count > 0)
        var loops: [EventLoop] = []
        for index in 0..<count { loops.append(try EventLoop(name: "\(name)-\(index)")) }
        self.loops = loops
    }

    /// The loops in turn.
    public func next() -> EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
    }
}
