import GlanceHTTP
import ImageModel
import JSONText
import OutboundHTTP

/// What `POST /v2/images/{id}/import` asks for.
struct ImportRequest: Equatable {
    enum Method: String {
        case glanceDirect = "glance-direct"
        case webDownload = "web-download"
        case copyImage = "copy-image"
        case glanceDownload = "glance-download"
    }

    let method: Method
    /// Of `web-download`; nil where none was sent.
    let uri: String?
    /// Of `glance-download`: the region of the other Glance, and its image's id, as they were sent.
    let remoteRegion: String?
    let remoteImageID: String?
    let stores: [String]
    let isForAllStores: Bool
    /// False means nothing where there is one store: Glance refuses it there, but the openstack command sends it with
    /// every import.
    let mustAllSucceed: Bool

    /// Reads a body.
    ///
    /// - Parameter methods: those that the settings name.
    /// - Throws: 400.
    init(_ body: JSONValue, methods: [String]) throws(APIError) {
        guard body.object != nil, let method = body["method"] else { throw .importMethodMissing }
        guard let name = method["name"] else { throw .importNameMissing }
        guard let name = name.string, methods.contains(name), let known = Method(rawValue: name) else {
            throw .unknownImportMethod(name.string ?? String(decoding: name.serialized, as: UTF8.self))
        }
        self.method = known
        uri = method["uri"]?.string
        remoteRegion = method["glance_region"]?.string
        remoteImageID = method["glance_image_id"]?.string
        isForAllStores = try Self.flag("all_stores", in: body) ?? false
        mustAllSucceed = try Self.flag("all_stores_must_succeed", in: body) ?? true
        stores = body["stores"]?.array?.compactMap(\.string) ?? []
    }

    private static func flag(_ name: String, in body: JSONValue) throws(APIError) -> Bool? {
        guard let value = body[name] else { return nil }
        guard let flag = value.bool else { throw .notBoolean(name) }
        return flag
    }

    /// Refuses an image that stands elsewhere in its life; the registry asks again when it begins.
    ///
    /// - Throws: 409.
    func requireStatus(of image: Image) throws(APIError) {
        switch (method, image.status) {
        case (.copyImage, .active): return
        case (.copyImage, _): throw .copyOfInactive
        case (_, .active): throw .importToActive
        case (.webDownload, .queued), (.glanceDownload, .queued), (.glanceDirect, .uploading): break
        case (.webDownload, _), (.glanceDownload, _): throw .importNeedsQueued(method.rawValue)
        case (.glanceDirect, _): throw .importNeedsStaged
        }
        if image.containerFormat == nil { throw .formatNeededForImport("container_format") }
        if image.diskFormat == nil { throw .formatNeededForImport("disk_format") }
        try image.requireNoSignature()
    }

    /// The other Glance of a glance-download: none is known here, but what is wrong with the request is said first.
    ///
    /// - Throws: 400, always.
    func requireRemote() throws(APIError) -> Never {
        guard let remoteRegion else { throw .importKeyMissing("glance_region", method.rawValue) }
        guard let remoteImageID else { throw .importKeyMissing("glance_image_id", method.rawValue) }
        guard ImageID.isValid(remoteImageID) else { throw .remoteImageIDInvalid }
        throw .remoteRegionUnknown(remoteRegion)
    }

    /// The source of a web-download, checked without asking anybody.
    ///
    /// - Throws: 400.
    func source(_ policy: FetchPolicy) throws(APIError) -> String {
        let uri = uri ?? ""
        let scheme = uri.prefix { $0 != ":" }
        guard scheme.endIndex != uri.endIndex, ["http", "https"].contains(scheme.lowercased()) else {
            throw .importFiltered(uri)
        }
        do throws(FetchError) {
            try policy.check(uri)
        } catch {
            throw .importFiltered(uri)
        }
        return uri
    }
}
