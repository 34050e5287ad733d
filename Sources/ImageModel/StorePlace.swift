import JSONText

/// One of several stores, as the registry has to know it: a location's row names it, or has a URL that begins as its
/// blobs' URLs do.
public struct StorePlace: JSONCoding, Equatable, Sendable {
    public var id: String
    /// What the URLs of its blobs begin with: `file:///folder/`.
    public var urlPrefix: String

    public init(id: String, urlPrefix: String) {
        self.id = id
        self.urlPrefix = urlPrefix
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(id: try json.text("id"), urlPrefix: try json.text("url_prefix"))
    }

    public var json: JSONValue { ["id": .string(id), "url_prefix": .string(urlPrefix)] }
}

/// Of the names found in a store, those that no row accounts for there: garbage to be removed.
///
/// A row of which nobody can tell which store it means (from the time before there were several, or before the operator
/// gave a store another name) accounts for data in each of them: rather garbage stays than data go.
public struct FindOrphans: RegistryOperation {
    public typealias Answer = ImageIDs
    public static let name = "find-orphans"
    public static let isIdempotent = true

    public var names: [String]
    /// Where they were found; nil where there is one store.
    public var store: String?
    /// All stores that there are; none where there is one.
    public var places: [StorePlace]

    public init(names: [String], store: String? = nil, places: [StorePlace] = []) {
        self.names = names
        self.store = store
        self.places = places
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            names: try json.texts("names"), store: try json.optionalText("store"), places: try json.list("places"))
    }

    public var json: JSONValue {
        ["names": names.json, "store": JSONValue(store), "places": places.json]
    }
}
