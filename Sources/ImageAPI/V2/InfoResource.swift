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

    /// What the caller's project uses, where it has a quota. In Keystone's words: MiB, and -1 for what has no limit.
    func usage(_ call: V2Call) async throws(APIError) -> Response {
        guard let quota = options.storageQuota else { return .json(200, Self.usage([])) }
        let usage = try await asking(about: "") { () async throws(RegistryFailure) in
            try await images.usage(call.context)
        }
        return .json(
            200,
            Self.usage([
                ("image_size_total", Self.mebibytes(usage.bytesStored), Self.mebibytes(quota)),
                ("image_stage_total", Self.mebibytes(usage.bytesStaged), -1),
                ("image_count_total", usage.images, -1),
                ("image_count_uploading", usage.uploads, -1),
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
