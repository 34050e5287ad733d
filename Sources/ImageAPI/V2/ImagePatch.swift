import GlanceHTTP
import ImageModel
import JSONText

/// A patch whose every operation makes sense for some image.
struct ImagePatch {
    let patch: JSONPatch
    var isEmpty: Bool { patch.operations.isEmpty }

    /// - Throws: 400 for a path that leads nowhere, or a value that does not fit the schema; 403 for what no client can
    ///   change.
    init(_ patch: JSONPatch, _ fields: ImageFields) throws(APIError) {
        self.patch = patch
        for operation in patch.operations { try Self.check(operation, fields) }
    }

    private static func check(_ operation: JSONPatch.Operation, _ fields: ImageFields) throws(APIError) {
        let name = operation.path.tokens[0]
        // A location is added or taken away at a place in the list; the list can be replaced as a whole.
        let isPlaced = name == "locations" && operation.verb != .replace
        guard operation.path.tokens.count == (isPlaced ? 2 : 1) else { throw .pointerElsewhere(operation.path.text) }
        switch fields.access(name) {
        case .readOnly, .link, .once: throw .readOnlyAttribute(name)
        case nil:
            if ImageFields.isReserved(name) { throw .reservedAttribute(name) }
            try MetadataText.check(name, "Property names")
        case .writable, .reserved: break
        }
        if operation.verb != .remove { try fields.check(name, isPlaced ? .array([operation.value]) : operation.value) }
    }
}

/// An image with a patch's operations done to it one by one, in memory; what comes of them all is then written at once.
struct PatchedImage {
    /// The image as it is so far; its properties are in `properties`.
    private(set) var image: Image
    /// Those that the caller may read.
    private var properties: [String: String?]
    private let stored: Set<String>
    private var touchedFields: Set<String> = []
    private var touchedProperties: Set<String> = []
    private var expected: [String] = []
    private var unexpected: [String] = []
    private let caller: Caller
    private let policy: Policy
    private let options: ImageAPIOptions
    /// The image as it was read.
    let original: Image
    /// What operations on locations came to; nil without any.
    var locations: PatchedLocations?

    init(_ image: Image, _ caller: Caller, _ policy: Policy, _ options: ImageAPIOptions) {
        self.image = image
        self.caller = caller
        self.policy = policy
        self.options = options
        original = image
        stored = Set(image.properties.map(\.name))
        properties = Dictionary(
            policy.readable(image, caller).properties.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// What is to be written.
    var changes: ImageChanges {
        var changes = ImageChanges()
        for field in touchedFields.sorted() {
            switch field {
            case "name": changes.fields.append(.name(image.name))
            case "owner": changes.fields.append(.owner(image.owner))
            case "visibility": changes.fields.append(.visibility(image.visibility))
            case "protected": changes.fields.append(.isProtected(image.isProtected))
            case "os_hidden": changes.fields.append(.isHidden(image.isHidden))
            case "disk_format": changes.fields.append(.diskFormat(image.diskFormat))
            case "container_format": changes.fields.append(.containerFormat(image.containerFormat))
            case "min_disk": changes.fields.append(.minDisk(image.minDisk))
            case "min_ram": changes.fields.append(.minRAM(image.minRAM))
            default: changes.tags = image.tags
            }
        }
        for name in touchedProperties.sorted() {
            if let value = properties[name] {
                changes.properties.append(ImageProperty(name: name, value: value))
            } else {
                changes.removedProperties.append(name)
            }
        }
        changes.expectedProperties = expected
        changes.unexpectedProperties = unexpected
        changes.locations = locations?.changes
        return changes
    }

    /// The statuses in which the changes are right; empty for any.
    var expectedStatuses: [ImageStatus] {
        if locations != nil { return [original.status] }
        return touchedFields.isDisjoint(with: Self.formats) ? [] : Self.statusesWithoutData
    }

    /// Has operations on fields judge by the status that a location has led to.
    mutating func becomeActive() { image.status = .active }

    private static let formats: Set<String> = ["disk_format", "container_format"]
    private static let statusesWithoutData: [ImageStatus] = [.queued, .importing]

    /// Does one operation, whose path has one token.
    ///
    /// - Throws: 400, 403 and 409 as Glance does.
    mutating func apply(
        _ operation: JSONPatch.Operation, _ dialect: JSONPatch.Dialect, _ fields: ImageFields
    ) throws(APIError) {
        let name = operation.path.tokens[0]
        if fields.access(name) != nil {
            try applyToField(name, operation, dialect)
        } else {
            try applyToProperty(name, operation, dialect)
        }
    }

    // MARK: Fields

    private mutating func applyToField(
        _ name: String, _ operation: JSONPatch.Operation, _ dialect: JSONPatch.Dialect
    ) throws(APIError) {
        if operation.verb == .remove { throw .propertyStays(name) }
        if operation.verb == .add, dialect == .v2_0 { throw .propertyPresent(name) }
        if Self.formats.contains(name), !Self.statusesWithoutData.contains(image.status) { throw .formatIsFixed(name) }
        try image.set(name, operation.value)
        switch name {
        case "owner": try setOwner(operation)
        case "visibility":
            for rule in V2API.rules(of: image.visibility) where !policy.allows(rule, image, caller) {
                throw .notAuthorized(rule)
            }
        case "tags":
            if let quota = options.tagQuota, image.tags.count > quota {
                throw .tagQuotaExceeded(attempted: Int64(image.tags.count), max: quota)
            }
        default: break
        }
        touchedFields.insert(name)
    }

    private mutating func setOwner(_ operation: JSONPatch.Operation) throws(APIError) {
        let owner = Image.owner(operation.value)
        guard caller.isAdmin || operation.verb == .add && owner == image.owner else { throw .ownerIsForAdmins }
        image.owner = owner
    }

    // MARK: Properties

    private mutating func applyToProperty(
        _ name: String, _ operation: JSONPatch.Operation, _ dialect: JSONPatch.Dialect
    ) throws(APIError) {
        let isPresent = properties[name] != nil
        switch operation.verb {
        case .add:
            if isPresent, dialect == .v2_0 { throw .propertyPresent(name) }
            // One that stands there unseen is not the caller's to overwrite.
            let isUnseen = !isPresent && stored.contains(name) && !touchedProperties.contains(name)
            guard !isUnseen, policy.permits(isPresent ? .update : .create, name, caller) else {
                throw .reservedAttribute(name)
            }
        case .replace:
            guard isPresent else { throw .propertyMissing(name) }
            guard policy.permits(.update, name, caller) else { throw .reservedAttribute(name) }
        case .remove:
            guard isPresent else { throw .propertyMissing(name) }
            guard policy.permits(.delete, name, caller) else { throw .reservedAttribute(name) }
        }
        expect(name, operation.verb, dialect)
        if operation.verb == .remove {
            properties.removeValue(forKey: name)
        } else {
            if let text = operation.value.string { try MetadataText.check(text, "Param values") }
            properties.updateValue(operation.value.string, forKey: name)
        }
    }

    /// What was judged by whether a property is there must not be done where that has changed.
    private mutating func expect(_ name: String, _ verb: JSONPatch.Verb, _ dialect: JSONPatch.Dialect) {
        guard touchedProperties.insert(name).inserted else { return }
        if verb == .add, dialect == .v2_1, policy.protections == nil { return }
        if stored.contains(name) { expected.append(name) } else { unexpected.append(name) }
    }
}
