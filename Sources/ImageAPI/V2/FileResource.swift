import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel

// An image's data. The way of the bytes is the same as in v1.

extension V2API {
    /// GET and HEAD: the data or a part of them; 204 where there are none.
    ///
    /// HEAD, `ETag`, `Accept-Ranges` and conditions go beyond Glance, so that download tools can ask for the size first
    /// and go on where they were cut off (RFC 9110 §13, §14).
    func downloadFile(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let preferred = try preferredStores(call)
        var image = try await image(call)
        if image.status == .deactivated, !call.caller.isAdmin { throw .deactivatedDownload }
        guard policy.allows("download_image", image, call.caller) else { throw .notAuthorized("download_image") }
        if !preferred.isEmpty, !policy.allows("download_from_store", image, call.caller) {
            throw .notAuthorized("download_from_store")
        }
        guard image.status == .active || image.status == .deactivated else { return Response(status: .noContent) }
        if let stores = options.stores { image.locations = stores.ordered(image.locations, preferring: preferred) }

        var fields = [(name: "Content-Type", value: "application/octet-stream")]
        let tag = image.checksum.map { "\"\($0)\"" }
        if let tag {
            fields.append(("ETag", tag))
            let known = call.request.head.fields.values("if-none-match").joined(separator: ",")
            if EntityTagCondition.names(tag, in: known) { return Response(status: .notModified, fields: fields) }
        }
        if data.sendsRanges(of: image) { fields.append(("Accept-Ranges", "bytes")) }
        if let checksum = image.checksum { fields.append(("Content-MD5", checksum)) }

        // Reserved with size 0 in v1: active without a byte, and without a place for them.
        if image.locations.isEmpty, image.size ?? 0 == 0 {
            return Response(status: .ok, fields: fields, body: .bytes([]))
        }
        let range = try range(of: image, tag: tag, call.request.head)
        if let range, let size = image.size { fields.append(("Content-Range", range.contentRange(of: size))) }
        do throws(DownloadFailure) {
            let body = try await data.download(image, range: range, call.context)
            if range == nil, call.request.head.method == .get { cache?.noteDownload(of: image) }
            var response = Response(status: range == nil ? .ok : .partialContent, fields: fields, body: body)
            response.closesConnection = range != nil && call.request.head.isByQEMU
            return response
        } catch {
            if case .notFound = error { return Response(status: .noContent) }
            throw APIError(error, imageID: image.id)
        }
    }

    /// `?prefer=` names stores to be read from first, where there are several; whatever it says, the others follow.
    ///
    /// - Throws: 400.
    private func preferredStores(_ call: V2Call) throws(APIError) -> [String] {
        guard let items = QueryItems(call.request.head.query) else { throw .notDecodable("query") }
        guard let text = items["prefer"], !text.isEmpty else { return [] }
        guard let stores = options.stores else { throw .noMultipleStores(status: 400) }
        let ids = text.split(separator: ",").map(String.init)
        for id in ids where stores[id] == nil { throw .storeNotConfigured(id) }
        return ids
    }

    /// The store that `x-image-meta-store` names; nil where it names none, or there is one store only.
    ///
    /// - Throws: 400, 410.
    private func targetStore(_ call: V2Call) throws(APIError) -> String? {
        guard let stores = options.stores, let id = call.request.head.fields["x-image-meta-store"] else { return nil }
        guard let store = stores[id] else { throw .storeNotFound(id) }
        if store.isReadOnly { throw .storeTakesNoData(id) }
        return id
    }

    /// The part that the client asks for; nil for all of it.
    private func range(of image: Image, tag: String?, _ head: RequestHead) throws(APIError) -> ByteRange? {
        guard head.method == .get, data.sendsRanges(of: image), let size = image.size else { return nil }
        if let condition = head.fields["if-range"], !EntityTagCondition.allowsRange(condition, of: tag) { return nil }
        let ranges = head.fields.values("range")
        do throws(RangeRequest.Failure) {
            if !ranges.isEmpty {
                return try RangeRequest(range: ranges.joined(separator: ",")).resolved(in: size)
            }
            guard let text = head.fields["content-range"] else { return nil }
            return try RangeRequest(contentRange: text, total: size).resolved(in: size)
        } catch {
            let field = ranges.isEmpty ? "Content-Range" : "Range"
            switch error {
            case .several: throw .severalRanges
            case .malformed: throw .invalidRange(field, size: size)
            case .outOfBounds: throw .rangeOutOfBounds(field, size: size)
            }
        }
    }

    /// PUT: takes the request's body in, `queued → saving → active`, or back to `queued`.
    func uploadFile(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let declared = try declaredData(call)
        let image = try await image(call, toChangeBy: "upload_image")
        let store = try targetStore(call)
        try image.requireMove(to: .saving)
        try checkDeclared(declared, call)
        do throws(UploadFailure) {
            _ = try await data.upload(
                call.request.body, to: image, declared: declared, failureStatus: .queued, store: store, call.context)
        } catch {
            throw APIError(v2: error, imageID: image.id)
        }
        return Response(status: .noContent)
    }

    /// What the request's head says of the data behind it.
    ///
    /// - Throws: 415 where it does not call them data, 400 for a size that is none.
    func declaredData(_ call: V2Call) throws(APIError) -> DeclaredData {
        let head = call.request.head
        guard head.isOctetStream else { throw .invalidContentType(head.fields["content-type"]) }
        guard let text = head.fields["x-openstack-image-size"] else { return DeclaredData() }
        guard let size = MetadataText.integer(text), size >= 0 else { throw .invalidDeclaredSize(text) }
        return DeclaredData(size: size)
    }

    /// Refuses what can't end well before its first byte is read.
    ///
    /// - Throws: 413, 400.
    func checkDeclared(_ declared: DeclaredData, _ call: V2Call) throws(APIError) {
        let length = call.request.body.declaredBytes
        for size in [declared.size, length] {
            if let size, size > options.imageSizeCap { throw .imageTooLarge(than: options.imageSizeCap) }
        }
        if let size = declared.size, let length, size != length {
            throw .dataSizeMismatch(declared: size, received: length)
        }
    }
}

extension Image {
    /// Refuses a move that the table of statuses does not have; an image that gets data needs its formats, too.
    ///
    /// The registry asks again where it makes the move.
    ///
    /// - Throws: 409, 400.
    func requireMove(to next: ImageStatus) throws(APIError) {
        guard status.successors.contains(next) else { throw .statusTransition(from: status, to: next) }
        guard next != .uploading else { return }
        var missing: [String] = []
        if diskFormat == nil { missing.append("disk_format") }
        if containerFormat == nil { missing.append("container_format") }
        if !missing.isEmpty { throw .formatsMissing(missing) }
        if next == .saving { try requireNoSignature() }
    }

    /// Refuses data for an image that says how they are signed: without a key manager nobody here can verify it, and
    /// data that count as verified must not be taken on trust. Fewer than all four properties are no signature.
    ///
    /// - Throws: 400.
    func requireNoSignature() throws(APIError) {
        let names = Set(properties.map(\.name))
        let needed = [
            "img_signature", "img_signature_hash_method", "img_signature_key_type", "img_signature_certificate_uuid",
        ]
        if names.isSuperset(of: needed) { throw .signatureUnverifiable }
    }
}

extension RequestHead {
    /// Whether QEMU's HTTP driver asks, by the looks of it: libcurl's own `Accept`, and no name.
    ///
    /// Before QEMU 10.2 a request may wait for ever whose answer comes at once, as on a connection that was kept: half of
    /// all `qemu-img convert` hang in front of nginx.
    fileprivate var isByQEMU: Bool { fields["user-agent"] == nil && fields["accept"] == "*/*" }
}
