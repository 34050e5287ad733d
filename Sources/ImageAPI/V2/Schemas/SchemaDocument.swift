import GlanceHTTP
import HTTPServer
import ImageModel
import JSONText

/// A document under `/schemas`, by its path.
enum SchemaDocument: String, CaseIterable, Sendable {
    case image, images, member, members, task, tasks
    case namespace = "metadefs/namespace"
    case namespaces = "metadefs/namespaces"
    case object = "metadefs/object"
    case objects = "metadefs/objects"
    case property = "metadefs/property"
    case properties = "metadefs/properties"
    case resourceType = "metadefs/resource_type"
    case resourceTypes = "metadefs/resource_types"
    case tag = "metadefs/tag"
    case tags = "metadefs/tags"

    static let routes = allCases.map { document in
        Route<V2API.Action>("/schemas/\(document.rawValue)", ["GET": .schema(document)], allow: "GET")
    }

    /// What the document says; images depend on the settings.
    func schema(_ options: ImageAPIOptions) -> JSONSchema {
        switch self {
        case .image: ImageSchema.image(options)
        case .images: .collection("images", of: ImageSchema.image(options))
        case .member: MemberSchema.member
        case .members: .collection("members", of: MemberSchema.member, hasPages: false)
        case .task: TaskSchema.task
        case .tasks: .collection("tasks", of: TaskSchema.listedTask, hasPages: false)
        case .namespace: MetadefSchemas.namespace
        case .namespaces: .collection("namespaces", of: MetadefSchemas.namespace)
        case .object: MetadefSchemas.object
        case .objects: .collection("objects", of: MetadefSchemas.object)
        case .property: MetadefSchemas.property
        case .properties: .collection("properties", of: MetadefSchemas.namedProperty, isMap: true)
        case .resourceType: MetadefSchemas.resourceType
        case .resourceTypes: .collection("resource_type_associations", of: MetadefSchemas.resourceType)
        case .tag: MetadefSchemas.tag
        case .tags: .collection("tags", of: MetadefSchemas.tag)
        }
    }
}

extension V2API {
    func showSchema(_ document: SchemaDocument, _ call: V2Call) throws(APIError) -> Response {
        try call.requireNoBody()
        return .json(200, document.schema(options).document.serialized)
    }
}
