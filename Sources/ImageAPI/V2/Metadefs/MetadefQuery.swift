import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

/// The query string of a list of the catalogue.
struct MetadefQuery {
    let items: QueryItems

    /// - Throws: 400 where it does not decode.
    init(_ call: V2Call) throws(APIError) {
        guard let items = QueryItems(call.request.head.query) else { throw .notDecodable("query") }
        guard !items.items.contains(where: { $0.value.utf8.contains(0) }) else { throw .zeroCharacter("Param values") }
        self.items = items
    }

    /// - Parameter min: the least that is taken.
    /// - Throws: 400.
    func limit(min: Int64 = 0) throws(APIError) -> Int64? {
        guard let text = items["limit"] else { return nil }
        guard let limit = MetadataText.integer(text) else { throw .limitNotAnInteger }
        guard limit >= min else { throw .limitNegative }
        return limit
    }

    /// - Throws: 400.
    func isAscending() throws(APIError) -> Bool {
        switch items["sort_dir"] ?? "desc" {
        case "asc": return true
        case "desc": return false
        case let text: throw .invalidSortDirection(text)
        }
    }

    /// - Throws: 400. Glance fails on an unknown key, which helps nobody.
    func sortKey<Key: RawRepresentable<String>>(_ byDefault: Key) throws(APIError) -> Key {
        guard let text = items["sort_key"] else { return byDefault }
        guard let key = Key(rawValue: text) else { throw .invalidSortKey(text) }
        return key
    }

    /// The marker; an empty one is none, as in Glance.
    var marker: String? { items["marker"].flatMap { $0.isEmpty ? nil : $0 } }

    /// - Parameter known: the values that the route takes.
    /// - Throws: 400.
    func visibility(among known: [String]) throws(APIError) -> MetadefVisibility? {
        guard let text = items["visibility"], !text.isEmpty else { return nil }
        guard known.contains(text) else { throw .invalidVisibility(text) }
        return MetadefVisibility(rawValue: text)
    }

    var resourceTypes: [String]? {
        items["resource_types"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// A type of resource whose prefix the properties' names are to have.
    var resourceType: String? { items["resource_type"].flatMap { $0.isEmpty ? nil : $0 } }

    /// The parameters without the marker, encoded; of several with one name the last, as in Glance.
    var withoutMarker: String {
        var seen: [String] = []
        for item in items.items where item.name != "marker" && !seen.contains(item.name) { seen.append(item.name) }
        return seen.map { "\(PercentCoding.encode($0))=\(PercentCoding.encode(items[$0] ?? ""))" }
            .joined(separator: "&")
    }
}
