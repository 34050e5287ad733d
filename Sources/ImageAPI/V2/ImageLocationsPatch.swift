import GlanceHTTP
import ImageModel
import JSONText
import OutboundHTTP

// Locations through PATCH: where the data of an image lies outside, at http(s) URLs. The data of an active image never
// changes by it: what is added must be one more place of the same data.

/// An image's locations with a patch's operations done to them.
struct PatchedLocations {
    private(set) var changes: LocationChanges
    private let original: Image
    private let quota: Int64?
    private var validation: [String: String] = [:]

    init(_ image: Image, quota: Int64?) {
        original = image
        self.quota = quota
        changes = LocationChanges(before: image.locations.map(\.url), after: image.locations)
    }

    var urls: [String] { changes.after.map(\.url) }

    /// Bytes of the data, as the first location that makes a queued image active tells.
    mutating func foundSize(_ bytes: Int64) {
        if original.status == .queued, changes.size == nil { changes.size = bytes }
    }

    /// - Parameter value: an entry that fits the schema.
    mutating func add(_ value: JSONValue, at position: String) throws(APIError) {
        guard let index = Self.index(position, count: changes.after.count + 1) else {
            throw .badLocationPosition("add")
        }
        try check(value)
        guard let url = value["url"]?.string else { throw .badLocationPosition("add") }
        guard !urls.contains(url) else { throw .locationExists(url) }
        let attempted = Int64(changes.after.count + 1)
        if let quota, attempted > quota { throw .locationQuotaExceeded(attempted: attempted, max: quota) }
        changes.after.insert(ImageLocation(url: url, metadata: value["metadata"] ?? [:]), at: index)
    }

    /// - Parameter values: entries that fit the schema.
    mutating func replace(with values: [JSONValue]) throws(APIError) {
        if values.isEmpty { throw .locationsEmpty }
        let given = values.compactMap { $0["url"]?.string }
        if !changes.after.isEmpty, Set(given) != Set(urls) { throw .locationsDiffer(urls) }
        let standing = changes.after
        changes.after = []
        for value in values { try add(value, at: "-") }
        for index in changes.after.indices {
            changes.after[index].store = standing.first { $0.url == changes.after[index].url }?.store
        }
    }

    mutating func remove(at position: String) throws(APIError) {
        guard changes.after.count > 1 else { throw .lastLocation }
        guard let index = Self.index(position, count: changes.after.count), index < changes.after.count,
            Int(position).map({ $0 == index }) ?? true
        else { throw .badLocationPosition("remove") }
        changes.after.remove(at: index)
    }

    /// The place that a pointer's last token names: a number, of which one too large is the last, or `-`.
    private static func index(_ text: String, count: Int) -> Int? {
        if text == "-" { return count - 1 }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return min(Int(text) ?? .max, count - 1)
    }

    /// Holds a location's `validation_data` against what the image has, or keeps it for an image that has nothing yet.
    private mutating func check(_ value: JSONValue) throws(APIError) {
        guard let members = value["validation_data"]?.object?.members else { return }
        let lengths = ["checksum": 32, "os_hash_value": 128]
        for member in members {
            let text = member.value.string ?? ""
            if member.name == "os_hash_algo" {
                guard text == "sha512" else { throw .validationConflict("os_hash_algo must be sha512") }
            } else {
                guard text.utf8.count == lengths[member.name], text.utf8.allSatisfy(Self.isHexDigit) else {
                    throw .validationConflict("\(member.name) is no digest of its kind")
                }
            }
            guard known(member.name) == nil || known(member.name) == text,
                original.status == .queued || known(member.name) != nil
            else { throw .validationConflict("\(member.name) is already set with a different value") }
            validation[member.name] = text
        }
        guard original.status == .queued else { return }
        changes.checksum = validation["checksum"]
        changes.hashAlgorithm = validation["os_hash_algo"]
        changes.hashValue = validation["os_hash_value"]
    }

    private func known(_ name: String) -> String? {
        guard original.status != .queued else { return validation[name] }
        return switch name {
        case "checksum": original.checksum
        case "os_hash_algo": original.hashAlgorithm
        default: original.hashValue
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
    }
}

extension V2API {
    /// Does an operation on `/locations`.
    ///
    /// - Throws: 400 where a new location is none, 403, 409 where the image's status forbids it, 413.
    func changeLocations(
        of patched: inout PatchedImage, _ operation: JSONPatch.Operation, _ call: V2Call
    ) async throws(APIError) {
        let verb = operation.verb
        guard options.showsLocations else { throw .locationsInvisible(verb.rawValue) }
        let rule = verb == .remove ? "delete_image_location" : "set_image_location"
        guard policy.allows(rule, patched.original, call.caller) else { throw .notAuthorized(rule) }
        let status = patched.image.status
        guard status == .active || status == .queued && verb != .remove else {
            throw .locationsInStatus(verb.rawValue, status)
        }
        var locations = patched.locations ?? PatchedLocations(patched.original, quota: options.locationQuota)
        let before = locations.urls
        switch verb {
        case .add: try locations.add(operation.value, at: operation.path.tokens[1])
        case .replace: try locations.replace(with: operation.value.array ?? [])
        case .remove: try locations.remove(at: operation.path.tokens[1])
        }
        try requireKept(before.filter { !locations.urls.contains($0) }, of: patched.original)
        if status == .queued { try patched.image.requireMove(to: .active) }
        for url in locations.urls where !before.contains(url) {
            locations.foundSize(try await size(ofLocation: url))
        }
        if status == .queued { patched.becomeActive() }
        patched.locations = locations
    }

    /// - Throws: 403 where one of the places that are to go is in a read-only store.
    private func requireKept(_ urls: [String], of image: Image) throws(APIError) {
        guard let stores = options.stores else { return }
        for location in image.locations where urls.contains(location.url) && location.url.hasPrefix("file:") {
            guard let id = stores.id(of: location), stores[id]?.isReadOnly == true else { continue }
            throw .storeKeepsData(image.id, id)
        }
    }

    /// Bytes of what lies there.
    ///
    /// - Throws: 400 where nothing does, where it can't be reached, or where it must not be.
    private func size(ofLocation url: String) async throws(APIError) -> Int64 {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .invalidLocationOfV2("only http and https URLs are taken")
        }
        try MetadataText.check(url, "Param values")
        do throws(FetchError) {
            try options.fetchPolicy.check(url)
            guard let size = try await data.describe(source: url).size, size > 0 else {
                throw FetchError.badResponse(reason: "the source does not say how large it is, or is empty")
            }
            return size
        } catch {
            throw .invalidLocationOfV2(error.description)
        }
    }
}
