import GRDB
import ImageModel
import JSONText

extension ListMetadefNamespaces: StoredOperation {
    func run(in db: Database) throws -> MetadefDefinitions {
        var bindings = SQLBindings()
        let direction = isAscending ? "ASC" : "DESC"
        let sql = """
            SELECT \(StoredNamespace.columns) FROM metadef_namespaces AS n WHERE \(try conditions(&bindings, in: db))
            ORDER BY \(sortKey.expression) \(direction), n.created_at \(direction), n.number \(direction)
            LIMIT \(bindings.bind(max(0, limit)))
            """
        let rows = try Row.fetchAll(db, sql: sql, arguments: bindings.arguments)
        return MetadefDefinitions(
            definitions: try rows.map { row in
                let stored = StoredNamespace(row)
                var definition = MetadefDefinition(namespace: stored.namespace)
                definition[.resourceType] = try stored.parts(.resourceType, in: db)
                return definition
            })
    }

    private func conditions(_ bindings: inout SQLBindings, in db: Database) throws -> String {
        var conditions = ["TRUE"]
        if !viewer.isAdmin {
            // MetadefNamespace.isVisible(to:) as SQL; a viewer without a project owns nothing.
            let project = bindings.bind(viewer.projectID)
            conditions.append("(n.visibility = 'public' OR n.owner IS NULL OR n.owner = \(project))")
        }
        if let visibility { conditions.append("n.visibility = \(bindings.bind(visibility.rawValue))") }
        if let resourceTypes {
            let names = JSONValue.array(resourceTypes.map(JSONValue.string)).serialized
            let list = bindings.bind(String(decoding: names, as: UTF8.self))
            conditions.append(
                """
                EXISTS (SELECT 1 FROM metadef_parts AS p WHERE p.namespace = n.number AND p.kind = 'resource_type'
                    AND p.key IN (SELECT value FROM json_each(\(list))))
                """)
        }
        if let marker {
            let values = try markerValues(marker, in: db).map { bindings.bind($0) }.joined(separator: ", ")
            let sign = isAscending ? ">" : "<"
            conditions.append("(\(sortKey.expression), n.created_at, n.number) \(sign) (\(values))")
        }
        return conditions.joined(separator: " AND ")
    }

    /// Where the page before ended.
    private func markerValues(_ name: String, in db: Database) throws -> [DatabaseValue] {
        guard let stored = try StoredNamespace.named(name, in: db), stored.namespace.isVisible(to: viewer),
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(sortKey.expression), n.created_at, n.number FROM metadef_namespaces AS n
                    WHERE n.number = ?
                    """, arguments: [stored.number])
        else { throw RegistryFailure.invalidMarker }
        return Array(row.databaseValues)
    }
}

extension ListMetadefNamespaces.SortKey {
    /// Never NULL: such values can't be compared as parts of a row.
    fileprivate var expression: String {
        switch self {
        case .namespace: "n.name"
        case .displayName: "COALESCE(n.display_name, '')"
        case .description: "COALESCE(n.description, '')"
        case .visibility: "n.visibility"
        case .protected: "n.protected"
        case .owner: "COALESCE(n.owner, '')"
        case .createdAt: "n.created_at"
        case .updatedAt: "n.updated_at"
        case .id: "n.number"
        }
    }
}
