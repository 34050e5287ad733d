import HTTPServer
import OutboundHTTP
import Posix

/// Data that lie at an http(s) URL outside (v1 `x-image-meta-location`): described, and passed through to a client.
public final class ExternalData: Sendable {
    private let fetcher: OutboundFetcher
    private let pool: BlockingPool

    /// - Parameter pool: threads for the fetches; as many pass through at one time.
    public init(fetcher: OutboundFetcher, pool: BlockingPool) {
        self.fetcher = fetcher
        self.pool = pool
    }

    /// Asks the source for its size: HTTP HEAD.
    func describe(_ url: String) async throws(FetchError) -> SourceDescription {
        let fetcher = fetcher
        let result = await pool.result { () throws(FetchError) in try fetcher.head(url) }
        return try result.get()
    }

    /// The source's bytes as a response's body, once the source has answered well.
    func body(of url: String, requestID: String) async throws(DownloadFailure) -> ResponseBody {
        let pipe = BytePipe()
        let fetcher = fetcher
        pool.submit {
            do throws(FetchError) {
                try fetcher.fetch(
                    url, onResponse: { pipe.open(length: $0.length) }, sink: { try pipe.write($0) },
                    isCancelled: { pipe.isClosed })
                pipe.finish(nil)
            } catch {
                pipe.finish(error)
            }
        }
        do throws(FetchError) {
            let length = try await pipe.opened()
            return .stream(length: length) { writer in
                defer { pipe.close() }
                while let piece = try await pipe.next() { try await writer.write(piece.bytes) }
            }
        } catch {
            if case .notFound = error { throw .notFound }
            throw .unavailable(error.description)
        }
    }
}
