import CLinux
import Glibc
import Posix
import Synchronization

/// Writes log lines to a file or to stderr from a thread of its own: an event loop that logs never waits for a disk or
/// a full pipe. What does not fit into the buffer is dropped, and counted in the next line that does.
public final class LogOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var droppedLines = 0
        var isWriting = false
    }

    /// Bytes that wait to be written at the most.
    private static let bufferBytesMax = 4 << 20
    /// How long further lines gather behind one that was written: a busy daemon wakes the thread a hundred times a
    /// second, not once a line.
    private static let gatherMilliseconds: CInt = 10

    private let descriptor: CInt
    private let state = Locked(State())
    private let pool = BlockingPool(name: "log", threadsMax: 1)

    /// - Parameter path: the file to append to; nil for stderr.
    public init(path: String?) throws(Errno) {
        guard let path else {
            descriptor = STDERR_FILENO
            return
        }
        descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o640).release()
    }

    /// Takes a line, in UTF-8 and without its end.
    public func write(line: [UInt8]) {
        let starts = state.withLock { state in
            guard state.bytes.count + line.count < Self.bufferBytesMax else {
                state.droppedLines += 1
                return false
            }
            if state.droppedLines > 0 {
                state.bytes.append(contentsOf: "(\(state.droppedLines) log lines dropped)\n".utf8)
                state.droppedLines = 0
            }
            state.bytes.append(contentsOf: line)
            state.bytes.append(0x0A)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { pool.submit { self.drain() } }
    }

    /// Returns when all that was taken before has been written; to be called before the process ends.
    public func flush() async {
        try? await pool.run { self.drain() }
    }

    private func drain() {
        while true {
            let bytes = state.withLock { state in
                let bytes = state.bytes
                state.bytes = []
                state.isWriting = !bytes.isEmpty
                return bytes
            }
            if bytes.isEmpty { return }
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
                }
                // A log that can't be written is no reason to stop serving.
                if count < 0 && errno != EINTR { break }
                written += max(0, count)
            }
            poll(nil, 0, Self.gatherMilliseconds)
        }
    }
}
