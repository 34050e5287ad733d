import GRDB
import ImageModel

/// The catalogue as an operator fills, empties and saves it: what `glance-manage db load_metadefs` and its sisters do
/// on the database itself. All calls block.
public struct MetadefCatalogue: Sendable {
    /// What becomes of a namespace that is there already.
    public enum Merge: Sendable {
        /// It stays as it is.
        case skip
        /// It gets the parts that it lacks.
        case add
        /// It gets what it lacks, and what it has is replaced.
        case replace
        /// It goes, and the new one takes its place.
        case overwrite
    }

    /// What was done with a definition.
    public enum Loaded: String, Sendable {
        case added, skipped, merged, overwritten
    }

    private let database: RegistryDatabase

    public init(_ database: RegistryDatabase) { self.database = database }

    /// Takes a definition in, in one transaction.
    public func load(_ definition: MetadefDefinition, _ merge: Merge) throws(RegistryFailure) -> Loaded {
        try performing("load-metadefs") { db in
            guard let stored = try StoredNamespace.named(definition.namespace.name, in: db) else {
                _ = try CreateMetadefNamespace(definition: definition).run(in: db)
                return .added
            }
            switch merge {
            case .skip: return .skipped
            case .overwrite:
                try db.change("DELETE FROM metadef_namespaces WHERE number = ?", [stored.number])
                _ = try CreateMetadefNamespace(definition: definition).run(in: db)
                return .overwritten
            case .add, .replace:
                if merge == .replace { try stored.update(to: definition.namespace, in: db) }
                for kind in MetadefKind.allCases {
                    for part in definition[kind] { try stored.merge(kind, part, replacing: merge == .replace, in: db) }
                }
                return .merged
            }
        }
    }

    /// Everything, in the order in which it was made.
    public func definitions() throws(RegistryFailure) -> [MetadefDefinition] {
        try performing("export-metadefs") { db in
            let rows = try db.all("SELECT \(StoredNamespace.columns) FROM metadef_namespaces ORDER BY number")
            return try rows.map { try StoredNamespace($0).definition(in: db) }
        }
    }

    /// Removes everything, protected or not.
    ///
    /// - Returns: how many namespaces there were.
    public func unload() throws(RegistryFailure) -> Int {
        try performing("unload-metadefs") { db in
            let count = try db.change("DELETE FROM metadef_namespaces", [])
            try db.change("DELETE FROM metadef_resource_types", [])
            return count
        }
    }

    private func performing<T>(_ name: String, _ body: (Database) throws -> T) throws(RegistryFailure) -> T {
        do {
            return try database.pool.write(body)
        } catch {
            throw database.failure(error, operation: name)
        }
    }
}

extension StoredNamespace {
    fileprivate func merge(_ kind: MetadefKind, _ part: MetadefPart, replacing: Bool, in db: Database) throws {
        guard try hasPart(kind, keyOf: part.name, in: db) else { return try insert(kind, part, in: db) }
        guard replacing else { return }
        // A tag may stand there in another case: nothing of it is to be replaced.
        guard kind != .tag else { return }
        try update(kind, part.name, to: part, in: db)
    }
}
