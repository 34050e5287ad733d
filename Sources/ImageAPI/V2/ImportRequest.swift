import GlanceHTTP
import ImageModel
import JSONText

/// What `POST /v2/images/{id}/import` asks for.
struct ImportRequest: Equatable {
    enum Method: String {
        case glanceDirect = "glance-direct"
        case webDownload = "web-download"
        case copyImage = "copy-image"
        case glanceDownload = "glance-download"
    }

    let method: Method
    /// Where the data come from, and what they must be.
    let source: ImportSource
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
        source = try ImportSource(method)
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
}
