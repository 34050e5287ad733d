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
    /// Named in the body; nil where it names none.
    let stores: [String]?
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
        stores = try Self.stores(in: body)
    }

    private static func stores(in body: JSONValue) throws(APIError) -> [String]? {
        guard let value = body["stores"], value != .null else { return nil }
        var ids: [String] = []
        guard let list = value.array, !list.isEmpty else { throw .storesNotNamed }
        for entry in list {
            guard let id = entry.string else { throw .storesNotNamed }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Where the data are to go, of several stores: those of the body, else the one of the header, else the default.
    ///
    /// - Parameter header: `x-image-meta-store`.
    /// - Throws: 400 for two ways at once, 409 for a store that there is not, 410 for one that takes nothing.
    func targets(among catalogue: StoreCatalogue, header: String?) throws(APIError) -> StoreTargets {
        if isForAllStores {
            guard stores == nil, header == nil else { throw .allStoresAndNamed }
            return StoreTargets(ids: catalogue.writableIDs, mustAllSucceed: mustAllSucceed)
        }
        if stores != nil, header != nil { throw .storesNamedTwice }
        let ids = stores ?? [header ?? catalogue.defaultID]
        for id in ids {
            guard let store = catalogue[id] else { throw .storeNotFound(id, status: 409) }
            if store.isReadOnly { throw .storeTakesNoData(id) }
        }
        return StoreTargets(ids: ids, mustAllSucceed: mustAllSucceed)
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
