import ImageModel

/// The id that names a request in the logs of both daemons and in `x-openstack-request-id`.
public enum RequestID {
    /// A new one: `req-` and a UUID.
    public static func random() -> String { "req-" + ImageID.random() }

    /// A client's own id, with the prefix `req-` where it has none; nil where nothing of it can be used.
    ///
    /// What is not a letter, a digit or one of `-_.:` is left out: the id is shown in logs and headers.
    ///
    /// - Parameter lengthMax: bytes that the client may send; 0 for no limit.
    /// - Throws: 400 where it sent more. Glance means to refuse it too, and answers 500 by accident.
    public static func adopted(_ inbound: String?, lengthMax: Int) throws(APIError) -> String? {
        guard let inbound else { return nil }
        guard lengthMax <= 0 || inbound.utf8.count <= lengthMax else { throw .requestIDTooLong(max: lengthMax) }
        let safe = String(inbound.unicodeScalars.filter(isSafe).map(Character.init))
        if safe.isEmpty { return nil }
        return safe.hasPrefix("req-") ? safe : "req-" + safe
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", ":": true
        default: false
        }
    }
}
