import BlobStore
import ImageModel
import OutboundHTTP

/// How often a source that breaks off is asked again, and how long after.
struct RetryPauses {
    /// In seconds.
    private var left: ArraySlice<Double> = [1, 2, 4, 8]

    /// The pause before the next try, in seconds.
    ///
    /// - Throws: the failure's cause, where there is no use in another try, or no more are left.
    mutating func next(after failure: FetchError) throws -> Double {
        guard failure.isPassing, let pause = left.popFirst() else { throw failure.cause }
        return pause
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

    /// Whether what is there of the source is of no use any more.
    var mustRestart: Bool {
        switch self {
        case .stopped(let cause): cause is SourceRestarts
        case .rangeNotSatisfiable: true
        default: false
        }
    }

    /// What stopped the fetch, if it was one of us.
    var cause: any Error {
        if case .stopped(let cause) = self { cause } else { self }
    }
}
