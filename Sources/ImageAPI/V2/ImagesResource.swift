import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

// All images: list, create.

extension V2API {
    func listImages(_ call: V2Call) async throws(APIError) -> Response {
        try enforce("get_images", call)
        guard let items = QueryItems(call.request.head.query) else { throw .notDecodable("query") }
        var query = try ImageQuery(
            v2: items, viewer: call.caller.viewer,
            rows: PageRows(byDefault: options.pageRowsDefault, max: min(options.pageRowsMax, ImageQuery.rowsMax)))
        query.filters = policy.readable(query.filters, call.caller)
        let (asked, context) = (query, call.context)
        let page = try await asking(about: query.marker ?? "") { () async throws(RegistryFailure) in
            try await images.list(asked, context)
        }
        let shown = policy.readable(allowed(page, call.caller), call.caller)
        var next: String?
        if page.count == query.limit, !shown.isEmpty, let last = page.last {
            next = Self.link(items, marker: last.id)
        }
        return .json(200, ImageDocument(options).json(of: shown, first: Self.link(items), next: next))
    }

    /// Those of a page that the policy lets the caller see.
    private func allowed(_ page: [Image], _ caller: Caller) -> [Image] {
        let rule = "get_image"
        if policy.rules.looksAtTarget(rule) { return page.filter { policy.allows(rule, $0, caller) } }
        guard let image = page.first else { return [] }
        return policy.allows(rule, image, caller) ? page : []
    }

    /// A page of the same list, by its path.
    static func link(_ items: QueryItems, marker: String? = nil) -> String {
        var pairs = items.items.filter { $0.name != "marker" }
        if let marker { pairs.append(("marker", marker)) }
        let query = pairs.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
        return query.isEmpty ? "/v2/images" : "/v2/images?" + query.joined(separator: "&")
    }

    /// POST: reserves an image. What is wrong with the body is said before what the caller may not do.
    func createImage(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let created = try await reserve(NewImage(try await json(of: call), imageFields), call)
        var fields = [
            (
                name: "Location",
                value: "\(Endpoint.base(of: call.request.head, options: options))/v2/images/\(created.id)"
            )
        ]
        if !options.importMethods.isEmpty {
            fields.append(("OpenStack-image-import-methods", options.importMethods.joined(separator: ",")))
        }
        if let stores = options.stores {
            fields.append(("OpenStack-image-store-ids", stores.entries.map(\.id).joined(separator: ",")))
        }
        return .json(201, ImageDocument(options).json(of: policy.readable(created, call.caller)), fields: fields)
    }

    /// Writes down an image that the caller may have.
    func reserve(_ new: NewImage, _ call: V2Call) async throws(APIError) -> Image {
        try enforce("add_image", call)
        let image = try new.image(for: call.caller)
        for rule in Self.rules(of: image.visibility) where !policy.allows(rule, image, call.caller) {
            throw .notAuthorized(rule)
        }
        for property in image.properties where !policy.permits(.create, property.name, call.caller) {
            throw .reservedAttribute(property.name)
        }
        try checkQuotas(of: image)
        let context = call.context
        return try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.create(image, context)
        }
    }

    private func checkQuotas(of image: Image) throws(APIError) {
        if let quota = options.propertyQuota, image.properties.count > quota {
            throw .propertyQuotaExceeded(attempted: Int64(image.properties.count), max: quota)
        }
        try checkTagQuota(image.tags)
    }

    /// - Throws: 413 for more tags than an image may have.
    func checkTagQuota(_ tags: [String]) throws(APIError) {
        guard let quota = options.tagQuota, tags.count > quota else { return }
        throw .tagQuotaExceeded(attempted: Int64(tags.count), max: quota)
    }

    /// The rules to pass before an image has this visibility.
    static func rules(of visibility: Visibility) -> [String] {
        switch visibility {
        case .public: ["publicize_image"]
        case .community: ["communitize_image"]
        case .shared, .private: []
        }
    }
}
