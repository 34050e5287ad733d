import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Objects, properties, tags and associations of a namespace.

extension V2API {
    func listParts(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let place = place(kind, call)
        var list = ListMetadefParts(place: place)
        let query = try MetadefQuery(call)
        switch kind {
        case .tag:
            list.page = ListMetadefParts.Page(
                sortKey: try query.sortKey(.createdAt), isAscending: try query.isAscending(), marker: query.marker,
                limit: try query.limit())
            _ = try query.visibility(among: ["public", "private", "shared"])
        case .object:
            // Checked and not obeyed, as in Glance: all objects come in one page.
            _ = try query.limit(min: 1)
            _ = try query.isAscending()
            _ = try query.visibility(among: ["public", "private", "shared"])
        case .property, .resourceType: break
        }
        try await requireMetadef([kind.listRule], in: place.namespace, call)
        let parts: [MetadefPart]
        do throws(RegistryFailure) {
            parts = try await images.perform(list, call.context).parts
        } catch {
            let marker = APIError.noPart(kind, query.marker ?? "", in: place.namespace)
            throw APIError(metadef: error, notFound: .noNamespace(place.namespace), marker: marker)
        }
        let json: JSONValue
        switch kind {
        case .object:
            json = [
                "objects": .array(parts.map { MetadefDocument.object($0, in: place.namespace) }),
                // Without a slash before it, as in Glance.
                "schema": .string("v2/schemas/metadefs/objects"),
            ]
        case .property: json = ["properties": MetadefDocument.properties(parts)]
        case .tag: json = ["tags": .array(parts.map(MetadefDocument.tagName))]
        case .resourceType:
            json = ["resource_type_associations": .array(parts.map(MetadefDocument.association))]
        }
        return .json(200, json.serialized)
    }

    func createPart(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let place = place(kind, call)
        let part = try part(kind, try await json(of: call), place)
        return .json(201, document(try await add(part, place, call), place, isNew: true).serialized)
    }

    /// POST of a tag whose name is in the path.
    func createTag(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let place = place(.tag, call)
        let part = try part(.tag, ["name": .string(call.parameters[1])], place)
        return .json(201, document(try await add(part, place, call), place, isNew: true).serialized)
    }

    /// POST of tags: they replace those that were there, or come to them with `X-Openstack-Append`.
    func createTags(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let place = place(.tag, call)
        let body = try await json(of: call)
        let tags: [MetadefPart]
        do throws(MetadefBodyError) {
            tags = try MetadefPart.tags(body: body)
        } catch {
            throw APIError(error, namespace: place.namespace)
        }
        try await requireMetadef(["add_metadef_tags"], in: place.namespace, call)
        let append = call.request.head.fields["x-openstack-append"]?.lowercased() ?? ""
        do throws(RegistryFailure) {
            // The words that oslo takes for true.
            let replaces = !["1", "t", "true", "on", "y", "yes"].contains(append)
            _ = try await images.perform(
                AddMetadefParts(place: place, parts: tags, replacesAll: replaces), call.context)
        } catch {
            // Which of them it was the registry does not say.
            let name = tags.prefix(8).map(\.name).joined(separator: ", ") + (tags.count > 8 ? ", ..." : "")
            throw APIError(
                metadef: error, notFound: .noNamespace(place.namespace),
                duplicate: .partExists(.tag, name, in: place.namespace))
        }
        return .json(201, (["tags": .array(tags.map(MetadefDocument.tagName))] as JSONValue).serialized)
    }

    func showPart(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let place = place(kind, call)
        var name = call.parameters[1]
        var rules = [kind.getRule]
        let type = kind == .property ? try MetadefQuery(call).resourceType : nil
        if type != nil { rules.append(MetadefKind.resourceType.getRule) }
        try await requireMetadef(rules, in: place.namespace, call)
        if let type { name = try await strip(prefixOf: type, from: name, place, call) }
        do throws(RegistryFailure) {
            let part = try await images.perform(GetMetadefPart(place: place, part: name), call.context)
            return .json(200, document(part, place, isNew: false).serialized)
        } catch {
            throw APIError(metadef: error, notFound: .noPart(kind, name, in: place.namespace))
        }
    }

    func updatePart(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        guard let rule = kind.modifyRule else { throw .notFound }
        try call.requireWriter()
        let place = place(kind, call)
        let name = call.parameters[1]
        let replacement = try part(kind, try await json(of: call), place)
        try await requireMetadef([rule], in: place.namespace, call)
        do throws(RegistryFailure) {
            let update = UpdateMetadefPart(place: place, part: name, replacement: replacement)
            let updated = try await images.perform(update, call.context)
            return .json(200, document(updated, place, isNew: true).serialized)
        } catch {
            throw APIError(
                metadef: error, notFound: .noPart(kind, name, in: place.namespace),
                duplicate: .partExists(kind, replacement.name, in: place.namespace))
        }
    }

    func deletePart(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let place = place(kind, call)
        let name = call.parameters[1]
        try await requireMetadef([kind.deleteRule], in: place.namespace, call)
        do throws(RegistryFailure) {
            _ = try await images.perform(DeleteMetadefParts(place: place, part: name), call.context)
        } catch {
            throw APIError(
                metadef: error, notFound: .noPart(kind, name, in: place.namespace),
                protected: .partProtected(kind, name))
        }
        return Response(status: .noContent)
    }

    func deleteParts(_ kind: MetadefKind, _ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let place = place(kind, call)
        try await requireMetadef(kind.deleteAllRules, in: place.namespace, call)
        do throws(RegistryFailure) {
            _ = try await images.perform(DeleteMetadefParts(place: place), call.context)
        } catch {
            throw APIError(
                metadef: error, notFound: .noNamespace(place.namespace),
                protected: .namespaceProtected(place.namespace))
        }
        return Response(status: .noContent)
    }

    func listResourceTypes(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try enforce(MetadefKind.resourceType.listRule, call)
        do throws(RegistryFailure) {
            let types = try await images.perform(ListMetadefResourceTypes(), call.context).parts
            return .json(200, (["resource_types": .array(types.map(MetadefDocument.timed))] as JSONValue).serialized)
        } catch {
            throw APIError(metadef: error, notFound: .notFound)
        }
    }

    // MARK: Steps

    private func place(_ kind: MetadefKind, _ call: V2Call) -> MetadefPlace {
        MetadefPlace(namespace: call.parameters[0], kind: kind, viewer: call.caller.viewer)
    }

    private func part(_ kind: MetadefKind, _ body: JSONValue, _ place: MetadefPlace) throws(APIError) -> MetadefPart {
        do throws(MetadefBodyError) {
            return try MetadefPart(kind, body: body)
        } catch {
            throw APIError(error, namespace: place.namespace)
        }
    }

    private func add(
        _ part: MetadefPart, _ place: MetadefPlace, _ call: V2Call
    ) async throws(APIError) -> MetadefPart {
        try await requireMetadef([place.kind.addRule], in: place.namespace, call)
        do throws(RegistryFailure) {
            let added = try await images.perform(AddMetadefParts(place: place, parts: [part]), call.context)
            return added.parts.first ?? part
        } catch {
            throw APIError(
                metadef: error, notFound: .noNamespace(place.namespace),
                duplicate: .partExists(place.kind, part.name, in: place.namespace))
        }
    }

    private func document(_ part: MetadefPart, _ place: MetadefPlace, isNew: Bool) -> JSONValue {
        switch place.kind {
        case .object where isNew: MetadefDocument.newObject(part, in: place.namespace)
        case .object: MetadefDocument.object(part, in: place.namespace)
        case .property: MetadefDocument.property(part)
        case .tag: MetadefDocument.timed(part)
        case .resourceType: MetadefDocument.association(part)
        }
    }

    /// The name of a property as the namespace has it, from the one that it has on a type of resource.
    ///
    /// - Throws: 404 where the namespace is not meant for such resources, or the name lacks their prefix.
    private func strip(
        prefixOf type: String, from name: String, _ place: MetadefPlace, _ call: V2Call
    ) async throws(APIError) -> String {
        var types = place
        types.kind = .resourceType
        let association: MetadefPart
        do throws(RegistryFailure) {
            association = try await images.perform(GetMetadefPart(place: types, part: type), call.context)
        } catch {
            throw APIError(metadef: error, notFound: .noAssociation(type, in: place.namespace))
        }
        let prefix = association.details["prefix"]?.string
        guard let prefix, !prefix.isEmpty, name.hasPrefix(prefix) else { throw .propertyWithoutPrefix(name, prefix) }
        return String(name.dropFirst(prefix.count))
    }
}
