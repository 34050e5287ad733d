import Glibc
import Posix
import Synchronization

/// A piece of memory that a producer fills and gives back with `UploadSink.submit`; dropping it gives it back unused.
public struct UploadBuffer: ~Copyable, Sendable {
    let chunk: Chunk
    let sink: UploadSink
    private var isHandedOver = false

    init(_ chunk: Chunk, of sink: UploadSink) {
        self.chunk = chunk
        self.sink = sink
    }

    deinit {
        if !isHandedOver { sink.putBack(chunk) }
    }

    /// The memory: 256 KiB, aligned to a page, with old bytes in it. Good until the buffer is submitted or dropped.
    public var bytes: UnsafeMutableRawBufferPointer { chunk.memory }

    consuming func handOver() -> Chunk {
        isHandedOver = true
        return chunk
    }
}

/// The memory behind a buffer.
///
/// Mapped on its own: pages that are never touched cost nothing, and the end of an upload gives all of them back to
/// the system, where the allocator would keep them.
// Proof: the pointer is a constant. The bytes behind it are written by the one producer that the sink lent the chunk
// to; once submitted they are only read, until the last lane is done (`lanesLeft`) and the sink's mutex passes it on.
final class Chunk: @unchecked Sendable {
    /// A core's own cache holds some of these, so that the digests and the file find in it what the socket has left.
    static let bytes = 256 << 10

    let memory: UnsafeMutableRawBufferPointer
    /// Lanes that have not consumed the chunk yet.
    let lanesLeft = Atomic<Int>(0)

    init() throws(StoreError) {
        let pointer = mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pointer, pointer != MAP_FAILED else {
            throw StoreError(.last("mmap"), doing: "take memory for an upload")
        }
        memory = UnsafeMutableRawBufferPointer(start: pointer, count: Self.bytes)
    }

    deinit {
        munmap(memory.baseAddress, memory.count)
    }
}
