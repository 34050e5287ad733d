import GlanceHTTP
import JSONText
import OutboundHTTP

/// What `POST /v2/tasks` asks for: an image to be made, and the web address of its data.
struct TaskRequest {
    let source: String
    /// The image, as `POST /v2/images` takes it.
    let image: JSONValue

    /// Reads a body.
    ///
    /// - Throws: 400.
    init(_ body: JSONValue, _ policy: FetchPolicy) throws(APIError) {
        guard let members = body.object?.members else { throw .unexpectedBodyType }
        for member in members where !["type", "input"].contains(member.name) { throw .unknownTaskKey(member.name) }
        guard let type = body["type"] else { throw .taskKeyMissing("type") }
        guard type == .string("import") else {
            throw .unknownTaskType(type.string ?? String(decoding: type.serialized, as: UTF8.self))
        }
        guard let input = body["input"], input.object != nil else { throw .taskKeyMissing("input") }
        guard let source = input["import_from"]?.string else { throw .taskKeyMissing("import_from") }
        let scheme = source.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else { throw .taskSourceRefused }
        do throws(FetchError) {
            try policy.check(source)
        } catch {
            throw .taskSourceRefused
        }
        self.source = source
        var image = JSONObject()
        if let properties = input["image_properties"] {
            guard let object = properties.object else { throw .taskKeyMissing("image_properties") }
            image = object
        }
        if image["disk_format"] == nil, let format = input["import_from_format"] { image.append("disk_format", format) }
        if image["container_format"] == nil { image.append("container_format", .string("bare")) }
        guard image["disk_format"]?.string != nil else { throw .taskKeyMissing("import_from_format") }
        self.image = .object(image)
    }
}
