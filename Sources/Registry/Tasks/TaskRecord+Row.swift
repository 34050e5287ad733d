import GRDB
import ImageModel

extension TaskRecord {
    static let columns = """
        \(ImageTask.columns), tasks.owner, tasks.created_at, tasks.updated_at, tasks.finished_at
        """

    /// nil for a task of a kind that only a newer release knows.
    init?(_ row: Row) {
        guard let task = ImageTask(row) else { return nil }
        let first = ImageTask.columnCount
        let finishedAt: Int64? = row[first + 3]
        self.init(
            task: task, owner: row[first], createdAt: Timestamp(microseconds: row[first + 1]),
            updatedAt: Timestamp(microseconds: row[first + 2]),
            finishedAt: finishedAt.map(Timestamp.init(microseconds:)))
    }
}

extension GetTask: StoredOperation {
    func run(in db: Database) throws -> TaskRecord {
        guard
            let row = try db.first(
                "SELECT \(TaskRecord.columns) FROM tasks WHERE id = ? AND image_id IS NOT NULL", [id]),
            let record = TaskRecord(row)
        else { throw RegistryFailure.notFound }
        return record
    }
}

extension ListImageTasks: StoredOperation {
    private static let tasksMax = 1000

    func run(in db: Database) throws -> TaskRecords {
        let image = try Image.visible(imageID, to: viewer, in: db)
        guard !image.isDeleted else { throw RegistryFailure.notFound }
        let rows = try db.all(
            """
            SELECT \(TaskRecord.columns) FROM tasks WHERE image_id = ? ORDER BY created_at DESC, id DESC LIMIT ?
            """, [imageID, Self.tasksMax])
        return TaskRecords(tasks: rows.reversed().compactMap(TaskRecord.init))
    }
}

extension ListTasks: StoredOperation {
    func run(in db: Database) throws -> TaskRecords {
        // A word of an enumeration: nothing that was sent stands in the text.
        let key = "tasks.\(sortKey.rawValue)"
        let (direction, comparison) = isDescending ? ("DESC", "<") : ("ASC", ">")
        var bindings = SQLBindings()
        var conditions = ["image_id IS NOT NULL"]
        if let kind { conditions.append("tasks.type = \(bindings.bind(kind.rawValue))") }
        if let status { conditions.append("tasks.status = \(bindings.bind(status.rawValue))") }
        if let owner { conditions.append("tasks.owner = \(bindings.bind(owner))") }
        if let marker {
            guard try db.first("SELECT 1 FROM tasks WHERE id = ?", [marker]) != nil else {
                throw RegistryFailure.invalidMarker
            }
            let place = bindings.bind(marker)
            conditions.append(
                "(\(key), tasks.id) \(comparison) (SELECT \(key), tasks.id FROM tasks WHERE id = \(place))")
        }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(TaskRecord.columns) FROM tasks WHERE \(conditions.joined(separator: " AND "))
                ORDER BY \(key) \(direction), tasks.id \(direction) LIMIT \(bindings.bind(min(max(limit, 0), 10_000)))
                """, arguments: bindings.arguments)
        return TaskRecords(tasks: rows.compactMap(TaskRecord.init))
    }
}
