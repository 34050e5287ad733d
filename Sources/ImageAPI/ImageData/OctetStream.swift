import HTTPWire

extension RequestHead {
    /// Whether the body is an image's data, as Glance wants it told; parameters of the type do not matter.
    var isOctetStream: Bool {
        let type = (fields["content-type"] ?? "").prefix { $0 != ";" }
        return type.filter { $0 != " " && $0 != "\t" }.lowercased() == "application/octet-stream"
    }
}
