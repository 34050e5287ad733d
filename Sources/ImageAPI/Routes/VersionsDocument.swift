import HTTPServer
import HTTPTypes
import JSONText

/// The list of the versions that are served.
enum VersionsDocument {
    /// - Parameter base: what the links begin with.
    static func json(base: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("versions")
        writer.beginArray()
        for entry in APIVersions.listed {
            writer.beginObject()
            writer.name("id")
            writer.value(entry.id)
            writer.name("status")
            writer.value(entry.status)
            writer.name("links")
            writer.value(.array([["rel": .string("self"), "href": .string("\(base)/\(entry.version.rawValue)/")]]))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension Response {
    /// An answer in JSON.
    static func json(
        _ status: Int, _ bytes: [UInt8], fields: [(name: String, value: String)] = []
    ) -> Response {
        Response(
            status: HTTPResponse.Status(titled: status), fields: [("Content-Type", "application/json")] + fields,
            body: .bytes(bytes))
    }
}
