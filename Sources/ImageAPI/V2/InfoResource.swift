import GlanceHTTP
import HTTPServer
import ImageModel
import JSONText

// What clients ask for before they upload.

extension V2API {
    func importInfo(_ call: V2Call) throws(APIError) -> Response {
        try call.requireNoBody()
        let info: JSONValue = [
            "import-methods": [
                "description": .string("Import methods available."), "type": .string("array"),
                "value": .array(options.importMethods.map { .string($0) }),
            ]
        ]
        return .json(200, info.serialized)
    }

    func storesInfo(_ call: V2Call) throws(APIError) -> Response {
        let stores = try severalStores()
        return .json(200, Self.list(stores.entries.map { Self.brief($0, of: stores) }))
    }

    func storesDetail(_ call: V2Call) throws(APIError) -> Response {
        let stores = try severalStores()
        try enforce("stores_info_detail", call)
        return .json(200, Self.list(stores.entries.map { Self.detail($0, of: stores) }))
    }

    /// - Throws: 404 where there is one.
    private func severalStores() throws(APIError) -> StoreCatalogue {
        guard let stores = options.stores else { throw .noMultipleStores(status: 404) }
        return stores
    }

    private static func list(_ stores: [JSONObject]) -> [UInt8] {
        let list: JSONValue = ["stores": .array(stores.map { .object($0) })]
        return list.serialized
    }

    /// Flags are the text `true`, or are not there.
    private static func brief(_ store: StoreCatalogue.Entry, of stores: StoreCatalogue) -> JSONObject {
        var object = JSONObject()
        object.append("id", .string(store.id))
        if let text = store.text { object.append("description", .string(text)) }
        if store.id == stores.defaultID { object.append("default", .string("true")) }
        if store.isReadOnly { object.append("read-only", .string("true")) }
        return object
    }

    private static func detail(_ store: StoreCatalogue.Entry, of stores: StoreCatalogue) -> JSONObject {
        var object = brief(store, of: stores)
        object.append("type", .string(store.type))
        object.append("weight", .int(Int64(store.weight)))
        object.append(
            "properties",
            store.folder.map { folder in
                ["data_dir": .string(folder), "chunk_size": .int(65536), "thin_provisioning": .bool(false)]
            } ?? [:])
        return object
    }

    /// What the caller's project uses, where anything has a limit. In Keystone's words: MiB, and -1 for what has none.
    func usage(_ call: V2Call) async throws(APIError) -> Response {
        let (usage, limits) = try await asking(about: "") { () async throws(RegistryFailure) in
            let defaults = try await options.limits.of(call.context.caller.owner)
            let usage = try await images.usage(call.context)
            return (usage, usage.quotas.overriding(defaults))
        }
        // What is set for a tenant is shown even where it says that there is no limit.
        guard options.storageQuota != nil || limits.isLimited || limits.isFinal || !usage.quotas.isEmpty else {
            return .json(200, Self.usage([]))
        }
        func row(_ name: QuotaName, _ used: Int64, otherLimit: Int64? = nil) -> (String, Int64, Int64) {
            (name.rawValue, used, limits.limit(name) == nil ? otherLimit ?? -1 : limits[name] ?? -1)
        }
        return .json(
            200,
            Self.usage([
                row(
                    .imageSizeTotal, Self.mebibytes(usage.bytesStored),
                    otherLimit: options.storageQuota.map(Self.mebibytes)),
                row(.imageStageTotal, Self.mebibytes(usage.bytesStaged)),
                row(.imageCountTotal, usage.images),
                row(.imageCountUploading, usage.uploads),
            ]))
    }

    private static func usage(_ rows: [(name: String, usage: Int64, limit: Int64)]) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.name(plain: "usage")
        writer.beginObject()
        for row in rows {
            writer.name(row.name)
            writer.beginObject()
            writer.name(plain: "usage")
            writer.value(row.usage)
            writer.name(plain: "limit")
            writer.value(row.limit)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Rounded up: what is used must not look like nothing.
    private static func mebibytes(_ bytes: Int64) -> Int64 { bytes >> 20 + (bytes & 0xF_FFFF == 0 ? 0 : 1) }
}
