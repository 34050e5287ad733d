import GlanceHTTP
import ImageModel
import OutboundHTTP

/// Where an image's data is to come from, as the headers of a POST or PUT say.
struct ImageSources: Equatable {
    var hasBody: Bool
    /// `x-image-meta-location`: the data stays there.
    var location: String?
    /// `x-glance-api-copy-from`: the data is fetched in the background.
    var copyFrom: String?

    var isNone: Bool { !hasBody && url == nil }
    var areSeveral: Bool { (hasBody ? 1 : 0) + (location == nil ? 0 : 1) + (copyFrom == nil ? 0 : 1) > 1 }
    /// The one outside.
    var url: String? { location ?? copyFrom }

    /// Checks the URLs without asking anybody.
    ///
    /// - Throws: 400 where a URL is none, or `[import_filtering_opts]` forbids it.
    init(_ metadata: MetadataHeaders, hasBody: Bool, policy: FetchPolicy) throws(APIError) {
        self.hasBody = hasBody
        location = metadata.location
        copyFrom = metadata.copyFrom
        for url in [location, copyFrom] {
            if let url { try Self.check(url, policy) }
        }
    }

    private static func check(_ url: String, _ policy: FetchPolicy) throws(APIError) {
        if url.isEmpty { throw .sourceEmpty }
        let scheme = url.prefix { $0 != ":" }
        guard scheme.endIndex != url.endIndex, ["http", "https"].contains(scheme.lowercased()) else {
            throw .sourceNotSupported(url)
        }
        guard scheme == scheme.lowercased() else { throw .unknownScheme(String(scheme)) }
        do throws(FetchError) {
            try policy.check(url)
        } catch {
            throw APIError(error)
        }
    }
}

extension V1API {
    /// The size that a source outside tells; nil where the client told it, or there is no such source.
    func discoveredSize(_ sources: ImageSources, _ metadata: MetadataHeaders) async throws(APIError) -> Int64? {
        guard let url = sources.url, metadata.size ?? 0 == 0 else { return nil }
        return try await size(ofSource: url)
    }

    /// Bytes; 0 where the source does not say.
    private func size(ofSource url: String) async throws(APIError) -> Int64 {
        do throws(FetchError) {
            return try await data.describe(source: url).size ?? 0
        } catch {
            throw APIError(error)
        }
    }

    /// Who is over quota hears of it now, and not by an image that is killed later. What a source says of its size is
    /// believed as far as that; what counts is reserved when the bytes come.
    ///
    /// - Throws: 413.
    func requireRoom(for sources: ImageSources, size: Int64, owner: String?, _ call: V1Call) async throws(APIError) {
        guard sources.copyFrom != nil, !sources.areSeveral else { return }
        if size > options.imageSizeCap { throw .deniedLarger(status: 413, than: options.imageSizeCap) }
        try await asking(about: "") { () async throws(RegistryFailure) in
            try await images.requireRoom(size, of: owner, call.context)
        }
    }

    /// Gives a queued image its data, from the one source that was named; without one it stays as it is.
    func take(
        _ sources: ImageSources, into image: Image, _ metadata: MetadataHeaders, _ call: V1Call
    ) async throws(APIError) -> Image {
        if sources.areSeveral { throw .multipleSources }
        if sources.hasBody { return try await upload(to: image, metadata, call) }
        if let url = sources.location { return try await activate(image, at: url, metadata, call) }
        guard let url = sources.copyFrom else { return image }
        // What the client said is not what counts: a copy takes the source's own size.
        let expected = metadata.size ?? 0 == 0 ? image.size.flatMap { $0 > 0 ? $0 : nil } : nil
        try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await data.copy(from: url, to: image, bytesExpected: expected, call.context)
        }
        return image
    }

    private func activate(
        _ image: Image, at url: String, _ metadata: MetadataHeaders, _ call: V1Call
    ) async throws(APIError) -> Image {
        try requireFormats(image)
        var size = image.size ?? 0
        if let provided = metadata.size, provided > 0 {
            let stored = try await self.size(ofSource: url)
            guard stored == 0 || stored == provided else {
                throw .storedSizeMismatch(provided: provided, stored: stored)
            }
            size = provided
        }
        return try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.activate(image.id, at: url, size: size, call.context)
        }
    }
}
