import GRDB
import ImageModel
import JSONText

extension CreateTask: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard let image = try ImageRow.image(task.imageID, in: db), !image.isDeleted else {
            throw RegistryFailure.notFound
        }
        try task.insert(owner: image.owner, in: db)
        return Done()
    }
}

extension ImageTask {
    /// Writes the row. `duplicate` where the id is taken.
    func insert(owner: String?, in db: Database) throws {
        let task = self
        guard try db.first("SELECT 1 FROM tasks WHERE id = ?", [task.id]) == nil else {
            throw RegistryFailure.duplicate
        }
        let now = Timestamp.now.microseconds
        try db.change(
            """
            INSERT INTO tasks (id, type, status, owner, image_id, source_url, source_tag, bytes_done, bytes_expected,
                attempts, message, created_at, updated_at, finished_at, user_id, request_id, input, credential, stores)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                task.id, task.kind.rawValue, task.status.rawValue, owner, task.imageID, task.sourceURL,
                task.sourceTag, task.bytesDone, task.bytesExpected, task.attempts, task.message, now, now,
                task.status.isFinal ? now : nil, task.userID, task.requestID, task.inputText, task.credential,
                task.storesText,
            ])
    }
}

extension UpdateTask: StoredOperation {
    /// A task that is done or given up stays so: the same news again is fine, others find no task.
    func run(in db: Database) throws -> Done {
        let now = Timestamp.now.microseconds
        if let lease {
            let holder: String? = try db.first("SELECT lease_holder FROM tasks WHERE id = ?", [task.id]).flatMap {
                $0[0]
            }
            if let holder, holder != lease.holder { throw RegistryFailure.duplicate }
        }
        let isFinal = task.status.isFinal
        let changed = try db.change(
            """
            UPDATE tasks SET status = ?1, bytes_done = ?2, bytes_expected = ?3, attempts = ?4, message = ?5,
                updated_at = ?6, finished_at = COALESCE(finished_at, ?7), source_tag = ?10, source_url = ?11,
                lease_until = CASE WHEN ?7 IS NULL THEN COALESCE(?12, lease_until) END,
                credential = CASE WHEN ?7 IS NULL THEN credential END,
                stores = ?13
            WHERE id = ?8 AND image_id = ?9 AND (status IN ('pending', 'processing') OR status = ?1)
                AND EXISTS (SELECT 1 FROM images WHERE images.id = ?9 AND images.deleted_at IS NULL)
            """,
            [
                task.status.rawValue, task.bytesDone, task.bytesExpected, task.attempts, task.message, now,
                isFinal ? now : nil, task.id, task.imageID, task.sourceTag, task.sourceURL,
                lease.map { now + $0.microseconds },
                task.storesText,
            ])
        guard changed == 1 else { throw RegistryFailure.notFound }
        try task.showProgress(in: db)
        return Done()
    }
}

extension ImageTask {
    /// The columns that `init(_:)` reads; `tasks` must be in scope.
    static let columns = """
        tasks.id, tasks.type, tasks.image_id, tasks.status, tasks.source_url, tasks.bytes_done, tasks.bytes_expected,
        tasks.attempts, tasks.message, tasks.source_tag, tasks.user_id, tasks.request_id,
        tasks.input, tasks.credential, tasks.stores
        """

    /// How many they are: what else is selected stands behind them.
    static let columnCount = 15

    /// nil for a task of a kind that only a newer release knows.
    init?(_ row: Row) {
        guard let kind = Kind(rawValue: row[1]), let status = Status(rawValue: row[3]) else { return nil }
        let sourceURL: String? = row[4]
        self.init(
            id: row[0], kind: kind, imageID: row[2], sourceURL: sourceURL ?? "", bytesExpected: row[6])
        self.status = status
        bytesDone = row[5]
        attempts = row[7]
        message = row[8]
        sourceTag = row[9]
        userID = row[10]
        requestID = row[11]
        readInput(row[12])
        credential = row[13]
        let stores: String? = row[14]
        self.stores = stores.flatMap { text in
            (try? JSONValue(parsing: Array(text.utf8))).flatMap { try? StoreTargets(json: $0) }
        }
    }

    /// What `tasks.stores` has.
    fileprivate var storesText: String? {
        stores.map { String(decoding: $0.json.serialized, as: UTF8.self) }
    }

    /// What `tasks.input` has: a JSON object of what is there, a digest's two members in it.
    fileprivate var inputText: String? {
        var input = claim?.json.object ?? JSONObject()
        if !sourceURLs.isEmpty { input.append("source_urls", .array(sourceURLs.map(JSONValue.string))) }
        if let remote { input.append("remote", remote.json) }
        return input.members.isEmpty ? nil : String(decoding: JSONValue.object(input).serialized, as: UTF8.self)
    }

    private mutating func readInput(_ text: String?) {
        guard let text, let input = try? JSONValue(parsing: Array(text.utf8)) else { return }
        claim = try? DigestClaim(json: input)
        sourceURLs = input["source_urls"]?.array?.compactMap(\.string) ?? []
        remote = input["remote"].flatMap { try? RemoteImage(json: $0) }
    }
}

extension ImageTask {
    /// Whether work on the image has not ended.
    static func isPending(for imageID: String, in db: Database) throws -> Bool {
        try db.first(
            "SELECT 1 FROM tasks WHERE image_id = ? AND status IN ('pending', 'processing')", [imageID]) != nil
    }

    /// Whether a copy that is neither done nor given up still means to fill the image.
    static func isCopyPending(for imageID: String, in db: Database) throws -> Bool {
        try db.first(
            """
            SELECT 1 FROM tasks WHERE image_id = ? AND type = 'copy_from' AND status IN ('pending', 'processing')
            """, [imageID]) != nil
    }
}

extension ImageTask.Status {
    var isFinal: Bool { self == .success || self == .failure }
}
