import GlanceHTTP
import ImageModel

/// What goes wrong with the catalogue, with Glance's texts.
extension APIError {
    static func noNamespace(_ name: String) -> APIError {
        APIError(404, "Metadata definition namespace=\(name) was not found.")
    }
    static func namespaceExists(_ name: String) -> APIError {
        APIError(409, "The metadata definition namespace=\(name) already exists.")
    }
    static func namespaceProtected(_ name: String) -> APIError {
        APIError(403, "Metadata definition namespace \(name) is protected and cannot be deleted.")
    }

    static func noPart(_ kind: MetadefKind, _ name: String, in namespace: String) -> APIError {
        switch kind {
        case .tag: APIError(404, "Could not find metadata tag \(name)")
        case .property: APIError(404, "Could not find property \(name)")
        case .object:
            APIError(
                404, "The metadata definition object with name=\(name) was not found in namespace=\(namespace).")
        case .resourceType: APIError(404, "Failed to find resource type \(name) to delete")
        }
    }

    static func partExists(_ kind: MetadefKind, _ name: String, in namespace: String) -> APIError {
        switch kind {
        case .tag:
            APIError(
                409,
                "A metadata tag with name=\(name) already exists in namespace=\(namespace). (Please note that metadata "
                    + "tag names are case insensitive).")
        case .object, .property:
            APIError(
                409,
                "A metadata definition \(kind.rawValue) with name=\(name) already exists in namespace=\(namespace).")
        case .resourceType:
            APIError(
                409,
                "The metadata definition resource-type association of resource-type=\(name) to namespace=\(namespace) "
                    + "already exists.")
        }
    }

    static func partProtected(_ kind: MetadefKind, _ name: String) -> APIError {
        let what =
            switch kind {
            case .object, .property, .tag: kind.rawValue
            case .resourceType: "resource-type-association"
            }
        return APIError(403, "Metadata definition \(what) \(name) is protected and cannot be deleted.")
    }

    static func noAssociation(_ type: String, in namespace: String) -> APIError {
        APIError(
            404,
            "The metadata definition resource-type association of resource-type=\(type) to namespace=\(namespace), was "
                + "not found.")
    }
    static func propertyWithoutPrefix(_ name: String, _ prefix: String?) -> APIError {
        APIError(
            404,
            "Property \(name) does not start with the expected resource type association prefix of "
                + "'\(prefix ?? "None")'.")
    }

    static func attributeReadOnly(_ name: String) -> APIError { APIError(403, "Attribute '\(name)' is read-only.") }
}

extension APIError {
    /// What the registry refuses. What a route can't run into need not be given.
    init(
        metadef failure: RegistryFailure, notFound: APIError, duplicate: APIError? = nil, protected: APIError? = nil,
        marker: APIError? = nil
    ) {
        self =
            switch failure {
            case .notFound: notFound
            case .duplicate: duplicate ?? notFound
            case .protected: protected ?? .forbidden
            case .invalidMarker: marker ?? notFound
            default: APIError(failure, imageID: "")
            }
    }

    /// Why a body is not taken.
    init(_ error: MetadefBodyError, namespace: String) {
        self =
            switch error {
            case .mismatch(let schema, let reason): .schemaMismatch(schema, reason)
            case .readOnly(let name): .attributeReadOnly(name)
            case .duplicate(let kind, let name): .partExists(kind, name, in: namespace)
            case .character(let isNUL): isNUL ? .zeroCharacter("Metadata") : .fourByteCharacters("Metadata")
            }
    }
}
