import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

extension V2API {
    /// DELETE: takes an image's data away from one of several stores that have them.
    func deleteFromStore(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        guard let catalogue = options.stores else { throw .noMultipleStores(status: 404) }
        let (store, id) = (call.parameters[0], call.parameters[1])
        guard catalogue[store] != nil else { throw .storeNotFound(store, status: 409) }
        try call.requireWriter()
        let image = try await image(id, call)
        guard policy.allows("delete_image_location", image, call.caller) else {
            throw .notAuthorized("delete_image_location")
        }
        guard image.status == .active else { throw .storeDeleteInStatus(image.status) }
        let kept = image.locations.filter { catalogue.id(of: $0) != store }
        guard kept.count < image.locations.count else { throw .notInStore(id, store) }
        if catalogue[store]?.folder != nil, catalogue[store]?.isReadOnly == true { throw .storeKeepsData(id, store) }
        guard !kept.isEmpty else { throw .onlyStore }
        // Whatever works on the image may read the data there.
        guard !image.properties.contains(where: { $0.name == "os_glance_import_task" }) else {
            throw .dataInUse(id, store)
        }
        var changes = ImageChanges()
        changes.locations = LocationChanges(before: image.locations.map(\.url), after: kept)
        _ = try await asking(about: id) { () async throws(RegistryFailure) in
            try await images.update(id, changes, expecting: [.active], call.context)
        }
        return Response(status: .noContent)
    }
}
