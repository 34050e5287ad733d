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

    func storesInfo(_ call: V2Call) throws(APIError) -> Response { throw .noMultipleStores(status: 404) }

    func storesDetail(_ call: V2Call) throws(APIError) -> Response { throw .noMultipleStores(status: 404) }

    /// What the caller's project uses, where anything has a limit. In Keystone's words: MiB, and -1 for what has none.
    func usage(_ call: V2Call) async throws(APIError) -> Response {
        let usage = try await asking(about: "") { () async throws(RegistryFailure) in
            try await images.usage(call.context)
        }
        guard options.storageQuota != nil || options.quotas.isLimited || !usage.quotas.isEmpty else {
            return .json(200, Self.usage([]))
        }
        let limits = usage.quotas.overriding(options.quotas)
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
