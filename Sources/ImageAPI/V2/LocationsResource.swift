import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel
import JSONText
import OutboundHTTP

// Data that lie outside (v2.17): an http(s) URL is read through in the background, and the image becomes active.

extension V2API {
    /// POST: a path on this machine is never taken, whoever asks.
    func addLocation(_ call: V2Call) async throws(APIError) -> Response {
        let body = try await json(of: call)
        guard let url = body["url"]?.string, !url.isEmpty else { throw .locationURLMissing }
        let claim = try Self.claim(body["validation_data"])
        try call.requireWriter()
        let image = try await image(call)
        // A service acts for its users.
        let isService = call.caller.roles.contains("service")
        guard isService || ImageAccess.canChange(image, call.caller.viewer),
            policy.allows("add_image_location", image, call.caller)
        else { throw .notAuthorized("add_image_location") }
        guard image.status == .queued else { throw .locationInStatus(image.status) }
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw isService || call.caller.isAdmin ? .invalidLocation("only http and https are taken") : .httpStoreOnly
        }
        try image.requireMove(to: .active)
        do throws(FetchError) {
            try options.fetchPolicy.check(url)
        } catch {
            throw .invalidLocation(error.description)
        }
        do throws(RegistryFailure) {
            var order = ImportOrder(.locationImport, from: [url])
            order.claim = claim
            try await data.startImport(order, of: image, call.context)
        } catch {
            switch error {
            case .duplicate: throw .importRuns
            case .conflict(let status): throw .locationInStatus(status)
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
        return Response(status: .accepted)
    }

    private static func claim(_ sent: JSONValue?) throws(APIError) -> DigestClaim? {
        guard let sent, sent != .null else { return nil }
        guard sent.object != nil else { throw .badValidationData("an object is expected") }
        if sent.object?.members.isEmpty == true { return nil }
        return try DigestClaim(sent: sent)
    }

    func listLocations(_ call: V2Call) async throws(APIError) -> Response {
        let image = try await image(call)
        guard policy.allows("fetch_image_location", image, call.caller) else {
            throw .notAuthorized("fetch_image_location")
        }
        let document = ImageDocument(options)
        let list = image.locations.map { location -> JSONValue in
            ["url": .string(location.url), "metadata": document.metadata(of: location)]
        }
        return .json(200, JSONValue.array(list).serialized)
    }
}
