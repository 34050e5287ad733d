import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Namespaces of metadata definitions.

extension V2API {
    func listNamespaces(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let query = try MetadefQuery(call)
        let limit = min(try query.limit() ?? Int64(options.pageRowsDefault), Int64(options.pageRowsMax))
        var list = ListMetadefNamespaces(viewer: call.caller.viewer, limit: Int(limit))
        list.sortKey = try query.sortKey(.createdAt)
        list.isAscending = try query.isAscending()
        list.visibility = try query.visibility(among: ["public", "private"])
        list.marker = query.marker
        list.resourceTypes = query.resourceTypes
        try enforce("get_metadef_namespaces", call)
        try enforce(MetadefKind.resourceType.listRule, call)

        let page: [MetadefDefinition]
        do throws(RegistryFailure) {
            page = try await images.perform(list, call.context).definitions
        } catch {
            throw APIError(metadef: error, notFound: .noNamespace(query.marker ?? ""))
        }
        let shown = page.filter { maySee($0.namespace, call) }
        var json = JSONObject()
        json.append(
            "namespaces",
            .array(
                shown.map { MetadefDocument.namespace($0.namespace, parts: MetadefDocument.associations($0)) }))
        let path = "/v2/metadefs/namespaces"
        let parameters = query.withoutMarker
        if let last = shown.last, shown.count == Int(limit) {
            let marker = "marker=\(PercentCoding.encode(last.namespace.name))"
            json.append("next", .string("\(path)?\(parameters.isEmpty ? "" : parameters + "&")\(marker)"))
        }
        json.append("schema", .string("\(MetadefDocument.schemas)/namespaces"))
        json.append("first", .string(parameters.isEmpty ? path : "\(path)?\(parameters)"))
        return .json(200, JSONValue.object(json).serialized)
    }

    func createNamespace(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let definition = try definition(try await json(of: call), call)
        try enforce("add_metadef_namespace", call)
        for kind in MetadefKind.allCases where !definition[kind].isEmpty { try enforce(kind.addRule, call) }
        let created: MetadefDefinition
        do throws(RegistryFailure) {
            created = try await images.perform(CreateMetadefNamespace(definition: definition), call.context)
        } catch {
            let exists = APIError.namespaceExists(definition.namespace.name)
            throw APIError(metadef: error, notFound: exists, duplicate: exists)
        }
        // With the parts as they were sent, and in that order.
        let json = MetadefDocument.namespace(
            created.namespace, parts: MetadefDocument.newParts(definition))
        let base = Endpoint.base(of: call.request.head, options: options)
        let name = PercentCoding.encode(created.namespace.name)
        return .json(201, json.serialized, fields: [("Location", base + MetadefDocument.path(name))])
    }

    func showNamespace(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let query = try MetadefQuery(call)
        _ = try query.visibility(among: ["public", "private"])
        let name = call.parameters[0]
        let definition: MetadefDefinition
        do throws(RegistryFailure) {
            let get = GetMetadefNamespace(namespace: name, viewer: call.caller.viewer)
            definition = try await images.perform(get, call.context)
        } catch {
            throw APIError(metadef: error, notFound: .noNamespace(name))
        }
        guard maySee(definition.namespace, call) else { throw .noNamespace(name) }
        for kind in MetadefKind.allCases { try enforce(kind.listRule, call) }
        let association = query.resourceType.flatMap { type in
            definition[.resourceType].first { $0.name == type }
        }
        let parts = MetadefDocument.parts(definition, prefix: association?.details["prefix"]?.string ?? "")
        return .json(200, MetadefDocument.namespace(definition.namespace, parts: parts).serialized)
    }

    /// PUT: what is not sent is reset; the parts stay as they are, sent or not.
    func updateNamespace(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let name = call.parameters[0]
        let replacement = try definition(try await json(of: call), call).namespace
        try await requireMetadef(["modify_metadef_namespace"], in: name, call)
        let updated: MetadefNamespace
        do throws(RegistryFailure) {
            let update = UpdateMetadefNamespace(
                namespace: name, replacement: replacement, viewer: call.caller.viewer)
            updated = try await images.perform(update, call.context)
        } catch {
            throw APIError(
                metadef: error, notFound: .noNamespace(name), duplicate: .namespaceExists(replacement.name))
        }
        return .json(200, MetadefDocument.namespace(updated).serialized)
    }

    func deleteNamespace(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let name = call.parameters[0]
        try await requireMetadef(["delete_metadef_namespace"], in: name, call)
        do throws(RegistryFailure) {
            let delete = DeleteMetadefNamespace(namespace: name, viewer: call.caller.viewer)
            _ = try await images.perform(delete, call.context)
        } catch {
            throw APIError(metadef: error, notFound: .noNamespace(name), protected: .namespaceProtected(name))
        }
        return Response(status: .noContent)
    }

    private func definition(_ body: JSONValue, _ call: V2Call) throws(APIError) -> MetadefDefinition {
        do throws(MetadefBodyError) {
            return try MetadefDefinition(body: body, owner: call.caller.owner)
        } catch {
            throw APIError(error, namespace: body["namespace"]?.string ?? "")
        }
    }
}
