import JSONText
import Testing

extension Journeys {
    /// Rows of the checklist about v2's images.
    @Suite(.sharingDaemons(Glimpse.Option.copiesFromLoopback))
    enum V2ImageRows {}
}

extension Glimpse {
    /// Shares an image by v1, and gives the member's answer for it.
    func v2Share(
        _ id: String, of owner: Client, with other: Client, status: String = "pending",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try owner.share(id, with: other, sourceLocation: sourceLocation)
        _ = try rows(
            """
            UPDATE image_members SET status = '\(status)' WHERE image_id = '\(id)' AND member = '\(other.project)'
            """)
    }

    /// A queued image of another visibility than its owner may give it.
    func v2Make(_ visibility: String, of owner: Client, _ more: KeyValuePairs<String, JSONValue> = [:]) throws -> String
    {
        var image = JSONObject()
        image.append("visibility", .string(visibility))
        image.append("owner", .string(owner.project))
        for (name, value) in more { image.append(name, value) }
        return try admin.v2Make(.object(image))
    }

    /// Puts an image into a status that takes more than a request to reach.
    func setStatus(_ status: String, of id: String) throws {
        _ = try rows("UPDATE images SET status = '\(status)' WHERE id = '\(id)'")
    }
}
