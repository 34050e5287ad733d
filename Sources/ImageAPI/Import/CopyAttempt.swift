import BlobStore
import ImageModel
import OutboundHTTP
import Posix
import Synchronization

/// One try at a source, on a thread that may block: its bytes go into the sink, behind those that are there.
final class CopyAttempt: Sendable {
    /// The source cannot be gone on with: it sends from its start what is there in part already.
    private struct Restart: Error {}

    private let url: String
    private let sink: UploadSink
    private let knownTag: String?
    private let ledger: CopyLedger
    private let mark: UploadsInFlight.Mark
    private let bytesMax: Int64
    private let answer = Locked<(etag: String?, mustRestart: Bool)>((nil, false))

    init(
        url: String, sink: UploadSink, etag: String?, ledger: CopyLedger, mark: UploadsInFlight.Mark, bytesMax: Int64
    ) {
        self.url = url
        self.sink = sink
        knownTag = etag
        self.ledger = ledger
        self.mark = mark
        self.bytesMax = bytesMax
    }

    /// The source's tag, as it told in this try.
    var etag: String? { answer.withLock { $0.etag } }

    /// Whether the next try must begin anew.
    var mustRestart: Bool { answer.withLock { $0.mustRestart } }

    func run(_ fetcher: OutboundFetcher) throws(FetchError) {
        let offset = sink.receivedBytes
        try fetcher.fetch(
            url, from: offset, etag: knownTag,
            onResponse: { response in
                self.answer.withLock { $0 = (response.etag, response.offset != offset) }
                guard response.offset == offset else { throw Restart() }
                if let total = response.bytesTotal {
                    guard total <= self.bytesMax else { throw UploadFailure.tooLarge(bytesMax: self.bytesMax) }
                    try self.ledger.cover(total)
                }
            },
            sink: { bytes in
                let total = self.sink.receivedBytes + Int64(bytes.count)
                guard total <= self.bytesMax else { throw UploadFailure.tooLarge(bytesMax: self.bytesMax) }
                try self.ledger.cover(total)
                try self.sink.write(bytes)
            },
            isCancelled: { self.mark.isCancelled })
    }

    /// What stopped the fetch, if it was one of us.
    func cause(of failure: FetchError) -> any Error {
        if case .stopped(let cause) = failure { cause } else { failure }
    }
}

/// A copy's reservation, which its thread raises while it waits for the registry.
final class CopyLedger: Sendable {
    private let reservation: Locked<UploadReservation>
    private let group: EventLoopGroup

    init(_ reservation: UploadReservation, group: EventLoopGroup) {
        self.reservation = Locked(reservation)
        self.group = group
    }

    /// As it stands now.
    var current: UploadReservation { reservation.withLock { $0 } }

    /// Has so many bytes reserved; blocks the calling thread, which must be none of the loops.
    func cover(_ bytes: Int64) throws(RegistryFailure) {
        let held = current
        guard bytes > held.reservedBytes else { return }
        let raised = try group.wait { () async throws(RegistryFailure) in
            var raised = held
            try await raised.cover(bytes)
            return raised
        }.get()
        reservation.withLock { $0 = raised }
    }
}

extension FetchError {
    /// Whether it may be better a moment later.
    var isPassing: Bool {
        switch self {
        case .interrupted, .stalled, .unreachable: true
        case .badStatus(let status): status >= 500 || status == 429
        case .stopped(let cause): !(cause is UploadFailure || cause is StoreError || cause is RegistryFailure)
        case .rangeNotSatisfiable: true
        default: false
        }
    }
}
