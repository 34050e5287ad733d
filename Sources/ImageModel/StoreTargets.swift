import JSONText

/// The stores that an import puts its data into, and how far it is: what survives a crash of it.
public struct StoreTargets: JSONCoding, Equatable, Sendable {
    /// In the order in which they are filled; at least one.
    public var ids: [String]
    /// Whether one store that fails is the failure of all (`all_stores_must_succeed`).
    public var mustAllSucceed: Bool
    /// Those that have failed.
    public var failed: [String]
    /// Those that have the data, as the image shows it.
    public var done: [String]

    public init(ids: [String], mustAllSucceed: Bool = true) {
        self.ids = ids
        self.mustAllSucceed = mustAllSucceed
        failed = []
        done = []
    }

    /// Those that are still to be filled.
    public var left: [String] { ids.filter { !done.contains($0) && !failed.contains($0) } }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(ids: try json.texts("ids"), mustAllSucceed: try json.flag("must_all_succeed"))
        failed = try json.texts("failed")
        done = try json.texts("done")
    }

    public var json: JSONValue {
        [
            "ids": ids.json, "must_all_succeed": .bool(mustAllSucceed), "failed": failed.json, "done": done.json,
        ]
    }
}
