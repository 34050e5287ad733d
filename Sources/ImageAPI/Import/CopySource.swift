import OutboundHTTP

/// Where the bytes of a copy are.
enum CopySource: Sendable {
    /// On a web server; with what says who asks.
    case web(String, OutboundFetcher, [SecretField] = [])
    /// On this machine.
    case file(String, FileSources, bytesMax: Int64)

    /// Fetches from an offset to the end; see `OutboundFetcher.fetch`. Blocks.
    func fetch(
        from offset: Int64, etag: String?,
        onResponse: (FetchedResponse) throws -> Void, sink: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool
    ) throws(FetchError) {
        switch self {
        case .web(let url, let fetcher, let fields):
            try fetcher.fetch(
                url, from: offset, etag: etag, fields: fields, onResponse: onResponse, sink: sink,
                isCancelled: isCancelled)
        case .file(let url, let files, let bytesMax):
            try files.fetch(
                url, from: offset, etag: etag, bytesMax: bytesMax, onResponse: onResponse, sink: sink,
                isCancelled: isCancelled)
        }
    }
}
