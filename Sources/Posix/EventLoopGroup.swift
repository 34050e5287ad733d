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
        for index in 0..<count { loops.append(try EventLoop(name: "\(name)-\(index)", index: index)) }
        self.loops = loops
    }

    /// The loops in turn.
    public func next() -> EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
    }
}

/// A value for each loop of a group, such as its idle connections: no lock, as no other thread touches it.
// Proof: each box is reached only on the thread of its own loop, which `box` checks; the array never changes.
public final class LoopLocal<Value>: @unchecked Sendable {
    @usableFromInline
    final class Box {
        @usableFromInline var value: Value
        init(_ value: Value) { self.value = value }
    }

    private let group: EventLoopGroup
    private let boxes: [Box]

    /// Makes one value for each loop.
    public init(group: EventLoopGroup, _ make: () -> Value) {
        self.group = group
        boxes = group.loops.map { _ in Box(make()) }
    }

    /// The value of the loop on which the caller is; to be called on a loop of the group only.
    @inlinable
    public func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        guard let box else { preconditionFailure("a loop's value is touched on that loop alone") }
        return try body(&box.value)
    }

    @usableFromInline
    var box: Box? {
        guard let loop = EventLoop.current, loop.index < group.loops.count, group.loops[loop.index] === loop else {
            return nil
        }
        return boxes[loop.index]
    }
}
