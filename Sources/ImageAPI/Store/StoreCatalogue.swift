import GlanceHTTP
import ImageModel

/// The stores of a deployment with several (`enabled_backends`).
public struct StoreCatalogue: Equatable, Sendable {
    /// One of them.
    public struct Entry: Equatable, Sendable {
        /// The operator's name for it.
        public var id: String
        /// The folder of a filesystem store, absolute; nil for `http`, which names data outside and takes none.
        public var folder: String?
        /// What the locations of its blobs begin with, of a filesystem store.
        public var urlPrefix: String?
        /// `store_description`.
        public var text: String?
        /// Whether data are read from it alone: `read_only`, and every store of the type `http`.
        public var isReadOnly: Bool
        /// `weight`: of an image's places the one in the heaviest store is read.
        public var weight: Int

        public init(id: String, folder: String?, text: String?, weight: Int, isReadOnly: Bool = false) {
            self.id = id
            self.folder = folder
            urlPrefix = folder.map { "file://\($0)/" }
            self.text = text
            self.weight = weight
            self.isReadOnly = isReadOnly || folder == nil
        }

        /// The name of its driver.
        public var type: String { folder == nil ? "http" : "file" }
    }

    /// In the order of the settings.
    public private(set) var entries: [Entry]
    /// `default_backend`: where data go that are for no store in particular.
    public let defaultID: String

    public init(entries: [Entry], defaultID: String) {
        self.entries = entries
        self.defaultID = defaultID
    }

    public subscript(id: String) -> Entry? { entries.first { $0.id == id } }

    /// Those that take data, in the order of the settings.
    var writableIDs: [String] { entries.filter { !$0.isReadOnly }.map(\.id) }

    /// Learns where a store's folder really is, without symbolic links, as its blobs' locations tell.
    public mutating func setURLPrefix(_ prefix: String, of id: String) {
        for index in entries.indices where entries[index].id == id { entries[index].urlPrefix = prefix }
    }

    /// The store that a location is in: it may be from the time before there were several, or before the operator gave
    /// the store another name.
    func id(of location: ImageLocation) -> String? {
        if let store = location.store, self[store] != nil { return store }
        guard location.url.hasPrefix("file://") else { return entries.first { $0.folder == nil }?.id }
        let inside = entries.first { $0.urlPrefix.map(location.url.hasPrefix) ?? false }
        return inside?.id ?? defaultID
    }

    /// The stores that an image's data are in, each once.
    func ids(of image: Image) -> [String] {
        var ids: [String] = []
        for location in image.locations {
            if let id = id(of: location), !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// A read-only store without which a deleted image's data would be nowhere: the only ones of ours lie there. nil where
    /// the image can be deleted.
    func readOnlyStore(holding image: Image) -> String? {
        let inside = image.locations.filter { $0.url.hasPrefix("file:") }.compactMap { id(of: $0).flatMap { self[$0] } }
        return inside.allSatisfy(\.isReadOnly) ? inside.first?.id : nil
    }

    /// An image's places in the order in which they are to be read: those in the stores that the client prefers, in its
    /// order, then the others by their stores' weights; of the same weight, what lies outside is read last.
    func ordered(_ locations: [ImageLocation], preferring stores: [String]) -> [ImageLocation] {
        func rank(_ location: ImageLocation) -> (Int, Int, Int) {
            guard let id = id(of: location) else { return (stores.count, .max, 0) }
            let store = self[id]
            return (stores.firstIndex(of: id) ?? stores.count, -(store?.weight ?? 0), store?.folder == nil ? 1 : 0)
        }
        let ranked = locations.enumerated().map { (rank: rank($0.element), place: $0.offset, location: $0.element) }
        return ranked.sorted {
            ($0.rank.0, $0.rank.1, $0.rank.2, $0.place) < ($1.rank.0, $1.rank.1, $1.rank.2, $1.place)
        }.map(\.location)
    }
}

extension APIError {
    static func storeNotFound(_ id: String, status: Int = 400) -> APIError {
        APIError(status, "Store for identifier \(id) not found")
    }
    /// In Glance's words, which don't say which one.
    static func storeTakesNoData(_ id: String) -> APIError {
        APIError(410, "Error in store configuration. Adding images to store is disabled: '\(id)' is read-only.")
    }
    static func storeKeepsData(_ image: String, _ store: String) -> APIError {
        APIError(403, "The data of image \(image) can't be deleted: the store '\(store)' is read-only.")
    }
    static func storeNotConfigured(_ id: String) -> APIError { APIError(400, "Store '\(id)' is not configured.") }
}
