import CLinux
import DequeModule
import Glibc
import HeapModule
import Synchronization

/// A thread round one epoll(7) instance that also runs Swift tasks (SE-0417): a connection is a task whose executor
/// preference is its loop, so its code and its readiness meet on one thread.
///
/// A bare `Task {}` does not inherit the preference: make one with `Task(executorPreference: loop)`.
/// Nothing that blocks may run here; that is what `BlockingPool` is for.
// Proof: `inbox` is guarded by its mutex; every other stored property is a constant or is touched on the loop's own
// thread alone (`precondition(isCurrent)` at each door).
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var isWoken = false
    }

    private struct Slot {
        var socket: PolledSocket?
        var generation: UInt32 = 0
    }

    /// Work for the moment `at`: a socket to look at, or a sleeper to wake.
    private struct Timer: Comparable {
        enum Target {
            case socket(index: Int, generation: UInt32)
            case sleeper(UnsafeContinuation<Void, Never>)
        }

        let at: Deadline
        let target: Target

        static func < (left: Timer, right: Timer) -> Bool { left.at < right.at }
        static func == (left: Timer, right: Timer) -> Bool { left.at == right.at }
    }

    private static let wakeUpDatum = UInt64.max
    private static let eventsMax = 256

    private let epoll: Descriptor
    private let wakeUp: Descriptor
    private let inbox = Locked(Inbox())
    private var ready: Deque<UnownedJob> = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var timers = Heap<Timer>()

    /// Its place in its group.
    public let index: Int

    /// Starts the thread. It runs as long as the process does.
    ///
    /// - Parameter name: shown by the system for the thread; 15 bytes count.
    public init(name: String, index: Int = 0) throws(Errno) {
        self.index = index
        epoll = Descriptor(owning: try retrying("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) })
        wakeUp = Descriptor(
            owning: try retrying("eventfd") { eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)) })
        try retrying("epoll_ctl") {
            clinux_epoll_add(epoll.rawValue, wakeUp.rawValue, EPOLLIN.rawValue | EPOLLET.rawValue, Self.wakeUpDatum)
        }
        Thread.detach(name: name) { self.run() }
    }

    /// The loop whose thread this is; nil on any other thread.
    public static var current: EventLoop? {
        guard let pointer = clinux_thread_loop() else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the caller is on this loop's thread.
    public var isCurrent: Bool {
        clinux_thread_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    // MARK: Tasks

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
            return
        }
        let wakes = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.isWoken = true }
            return !inbox.isWoken
        }
        if wakes {
            var one: UInt64 = 1
            // An eventfd takes 2^64 - 2 wake-ups before it would block.
            _ = write(wakeUp.rawValue, &one, 8)
        }
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    private func run() {
        // Retained for the thread's life: the pointer stays good, and so does `current`.
        clinux_set_thread_loop(Unmanaged.passRetained(self).toOpaque())
        let executor = asUnownedTaskExecutor()
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsMax)
        while true {
            // A bounded batch: jobs that make jobs do not keep the sockets waiting.
            for _ in 0..<ready.count {
                guard let job = ready.popFirst() else { break }
                job.runSynchronously(on: executor)
            }
            takeInbox()
            let count = epoll_wait(epoll.rawValue, &events, CInt(Self.eventsMax), waitMilliseconds())
            for index in 0..<Int(max(0, count)) { handle(&events[index]) }
            fireTimers()
        }
    }

    private func takeInbox() {
        inbox.withLock { inbox in
            ready.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
            inbox.isWoken = false
        }
    }

    private func waitMilliseconds() -> CInt {
        guard ready.isEmpty else { return 0 }
        guard let next = timers.min?.at, next != .never else { return -1 }
        let now = Deadline.now
        guard next > now else { return 0 }
        // Rounded up: waking a moment early would spin until the moment comes.
        return CInt(min((next.nanoseconds - now.nanoseconds) / 1_000_000 + 1, 60_000))
    }

    // MARK: Sockets

    /// Watches a socket for reading and writing, edge-triggered, until `unregister`.
    func register(_ socket: PolledSocket, descriptor: CInt) throws(Errno) -> Int {
        precondition(isCurrent)
        let index: Int
        if let free = freeSlots.popLast() {
            index = free
        } else {
            index = slots.count
            slots.append(Slot())
        }
        let datum = UInt64(slots[index].generation) << 32 | UInt64(index)
        let events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        do {
            try retrying("epoll_ctl") { clinux_epoll_add(epoll.rawValue, descriptor, events, datum) }
        } catch {
            freeSlots.append(index)
            throw error
        }
        slots[index].socket = socket
        return index
    }

    /// Forgets a socket; closing its descriptor takes it out of epoll. Events and timers on their way are seen to be
    /// stale by the generation.
    func unregister(_ index: Int) {
        precondition(isCurrent)
        slots[index].socket = nil
        slots[index].generation &+= 1
        freeSlots.append(index)
    }

    /// Has the socket looked at when the moment comes.
    func schedule(_ index: Int, at deadline: Deadline) {
        precondition(isCurrent)
        let target = Timer.Target.socket(index: index, generation: slots[index].generation)
        timers.insert(Timer(at: deadline, target: target))
    }

    private func handle(_ event: inout epoll_event) {
        let datum = clinux_epoll_datum(&event)
        if datum == Self.wakeUpDatum {
            var count: UInt64 = 0
            _ = read(wakeUp.rawValue, &count, 8)
            return
        }
        let slot = slots[Int(datum & 0xFFFF_FFFF)]
        guard slot.generation == UInt32(datum >> 32), let socket = slot.socket else { return }
        let events = event.events
        let isBroken = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        let hasPeerEnded = isBroken || events & EPOLLRDHUP.rawValue != 0
        socket.becomeReady(
            toRead: hasPeerEnded || events & EPOLLIN.rawValue != 0,
            toWrite: isBroken || events & EPOLLOUT.rawValue != 0, hasPeerEnded: hasPeerEnded)
    }

    // MARK: Time

    /// Suspends the calling task until the moment has come. To be called on the loop.
    public func sleep(until deadline: Deadline) async {
        precondition(isCurrent)
        await withUnsafeContinuation { continuation in
            timers.insert(Timer(at: deadline, target: .sleeper(continuation)))
        }
    }

    private func fireTimers() {
        guard let first = timers.min?.at, first.isOver else { return }
        let now = Deadline.now
        while let timer = timers.min, timer.at <= now {
            timers.removeMin()
            switch timer.target {
            case .sleeper(let continuation):
                continuation.resume()
            case .socket(let index, let generation):
                if slots[index].generation == generation { slots[index].socket?.checkDeadline(timer.at, now: now) }
            }
        }
    }
}
