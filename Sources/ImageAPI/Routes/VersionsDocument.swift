import HTTPServer
import HTTPTypes
import JSONText

/// The list of the versions that are served.
enum VersionsDocument {
    /// - Parameter base: what the links begin with.
    static func json(_ versions: APIVersions, base: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("versions")
        writer.beginArray()
        for entry in versions.listed {
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
