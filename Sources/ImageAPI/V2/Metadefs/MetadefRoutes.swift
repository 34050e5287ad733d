import GlanceHTTP
import HTTPServer
import ImageModel

/// What a route of the catalogue does.
enum MetadefAction: Sendable {
    case listNamespaces, createNamespace, showNamespace, updateNamespace, deleteNamespace
    case listParts(MetadefKind), createPart(MetadefKind), deleteParts(MetadefKind)
    case showPart(MetadefKind), updatePart(MetadefKind), deletePart(MetadefKind)
    case createTags, createTag
    case listResourceTypes

    /// Every path of the catalogue, with its methods.
    static let routes: [Route<V2API.Action>] = [
        Route(
            "/metadefs/namespaces", ["GET": .metadef(.listNamespaces), "POST": .metadef(.createNamespace)],
            allow: "GET, POST"),
        Route(
            "/metadefs/namespaces/{namespace}",
            [
                "GET": .metadef(.showNamespace), "PUT": .metadef(.updateNamespace),
                "DELETE": .metadef(.deleteNamespace),
            ], allow: "GET, PUT, DELETE"),
        list("objects", .object, creating: .createPart(.object)),
        one("objects", .object),
        list("properties", .property, creating: .createPart(.property)),
        one("properties", .property),
        list("tags", .tag, creating: .createTags),
        Route(
            "/metadefs/namespaces/{namespace}/tags/{tag}",
            [
                "GET": .metadef(.showPart(.tag)), "POST": .metadef(.createTag),
                "PUT": .metadef(.updatePart(.tag)), "DELETE": .metadef(.deletePart(.tag)),
            ], allow: "GET, POST, PUT, DELETE"),
        Route(
            "/metadefs/namespaces/{namespace}/resource_types",
            ["GET": .metadef(.listParts(.resourceType)), "POST": .metadef(.createPart(.resourceType))],
            allow: "GET, POST"),
        Route(
            "/metadefs/namespaces/{namespace}/resource_types/{type}",
            ["DELETE": .metadef(.deletePart(.resourceType))], allow: "DELETE"),
        Route("/metadefs/resource_types", ["GET": .metadef(.listResourceTypes)], allow: "GET"),
    ]

    private static func list(
        _ name: String, _ kind: MetadefKind, creating create: MetadefAction
    ) -> Route<V2API.Action> {
        Route(
            "/metadefs/namespaces/{namespace}/\(name)",
            [
                "GET": .metadef(.listParts(kind)), "POST": .metadef(create), "DELETE": .metadef(.deleteParts(kind)),
            ], allow: "GET, POST, DELETE")
    }

    private static func one(_ name: String, _ kind: MetadefKind) -> Route<V2API.Action> {
        Route(
            "/metadefs/namespaces/{namespace}/\(name)/{name}",
            [
                "GET": .metadef(.showPart(kind)), "PUT": .metadef(.updatePart(kind)),
                "DELETE": .metadef(.deletePart(kind)),
            ], allow: "GET, PUT, DELETE")
    }
}

extension V2API {
    func perform(_ action: MetadefAction, _ call: V2Call) async throws(APIError) -> Response {
        switch action {
        case .listNamespaces: try await listNamespaces(call)
        case .createNamespace: try await createNamespace(call)
        case .showNamespace: try await showNamespace(call)
        case .updateNamespace: try await updateNamespace(call)
        case .deleteNamespace: try await deleteNamespace(call)
        case .listParts(let kind): try await listParts(kind, call)
        case .createPart(let kind): try await createPart(kind, call)
        case .deleteParts(let kind): try await deleteParts(kind, call)
        case .showPart(let kind): try await showPart(kind, call)
        case .updatePart(let kind): try await updatePart(kind, call)
        case .deletePart(let kind): try await deletePart(kind, call)
        case .createTags: try await createTags(call)
        case .createTag: try await createTag(call)
        case .listResourceTypes: try await listResourceTypes(call)
        }
    }
}
