import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// The work that goes on behind requests, for admins.

extension V2API {
    func listTasks(_ call: V2Call) async throws(APIError) -> Response {
        try enforce("tasks_api_access", call)
        guard let items = QueryItems(call.request.head.query) else { throw .notDecodable("query") }
        let list = try taskList(items, call)
        let tasks: [TaskRecord]
        do throws(RegistryFailure) {
            tasks = try await images.tasks(list, call.context)
        } catch {
            throw error == .invalidMarker ? .unknownTaskMarker(list.marker ?? "") : APIError(v2: error, imageID: "")
        }
        var kept = items.items.filter { $0.name != "marker" }
        let first = Self.taskLink(kept)
        var next: String?
        if let last = tasks.last, list.limit > 0, tasks.count == list.limit {
            kept.append(("marker", last.task.id))
            next = Self.taskLink(kept)
        }
        return .json(200, TaskDocument.json(of: tasks, first: first, next: next))
    }

    private func taskList(_ items: QueryItems, _ call: V2Call) throws(APIError) -> ListTasks {
        var limit = options.pageRowsDefault
        if let text = items["limit"] {
            guard let number = MetadataText.integer(text) else { throw .limitNotAnInteger }
            guard number >= 0 else { throw .limitNegative }
            limit = Int(min(number, Int64(options.pageRowsMax)))
        }
        var list = ListTasks(
            owner: call.caller.isAdmin ? nil : call.caller.owner ?? "", limit: min(limit, options.pageRowsMax))
        if let marker = items["marker"] {
            guard ImageID.isValid(marker) else { throw .invalidMarkerFormat }
            list.marker = marker
        }
        if let text = items["status"] {
            guard let status = ImageTask.Status(rawValue: text) else { throw .unknownTaskStatus(text) }
            list.status = status
        }
        if let type = items["type"] {
            guard type == "import" else { throw .unknownTaskType(type) }
            list.kind = .taskImport
        }
        if let text = items["sort_key"] {
            guard let key = ListTasks.SortKey(rawValue: text) else {
                throw .unsupportedSortKey(text, ListTasks.SortKey.allCases.map(\.rawValue))
            }
            list.sortKey = key
        }
        if let direction = items["sort_dir"] {
            guard ["asc", "desc"].contains(direction) else { throw .unsupportedSortDirection(direction) }
            list.isDescending = direction == "desc"
        }
        return list
    }

    private static func taskLink(_ items: [(name: String, value: String)]) -> String {
        let query = items.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
        return query.isEmpty ? "/v2/tasks" : "/v2/tasks?\(query.joined(separator: "&"))"
    }

    func showTask(_ call: V2Call) async throws(APIError) -> Response {
        try enforce("tasks_api_access", call)
        let id = call.parameters[0]
        let task: TaskRecord
        do throws(RegistryFailure) {
            task = try await images.task(id, call.context)
        } catch {
            throw error == .notFound ? .noTask(id) : APIError(v2: error, imageID: "")
        }
        guard call.caller.isAdmin || task.owner != nil && task.owner == call.caller.owner else { throw .noTask(id) }
        return .json(200, TaskDocument.json(of: task))
    }

    /// POST: an import that makes its image itself, which imports of images have superseded in Glance.
    func createTask(_ call: V2Call) async throws(APIError) -> Response {
        try enforce("tasks_api_access", call)
        let request = try TaskRequest(try await json(of: call), options.fetchPolicy)
        let image = try await reserve(NewImage(request.image, imageFields), call)
        var order = ImportOrder(.taskImport, from: [request.source])
        order.stores = options.stores.map { StoreTargets(ids: [$0.defaultID]) }
        let task = try await start(order, of: image, call)
        let record = TaskRecord(
            task: task, owner: image.owner, createdAt: image.createdAt, updatedAt: image.createdAt, finishedAt: nil)
        let location = "\(Endpoint.base(of: call.request.head, options: options))/v2/tasks/\(task.id)"
        return .json(201, TaskDocument.json(of: record), fields: [("Location", location)])
    }

    /// Tasks go by themselves.
    func deleteTask(_ call: V2Call) async throws(APIError) -> Response {
        try enforce("tasks_api_access", call)
        throw .methodNotAllowed(allow: "GET")
    }
}
