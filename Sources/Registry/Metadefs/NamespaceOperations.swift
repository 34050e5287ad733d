import GRDB
import ImageModel

extension GetMetadefNamespace: StoredOperation {
    func run(in db: Database) throws -> MetadefDefinition {
        try StoredNamespace.visible(namespace, to: viewer, in: db).definition(in: db)
    }
}

extension CreateMetadefNamespace: StoredOperation {
    func run(in db: Database) throws -> MetadefDefinition {
        let name = definition.namespace.name
        guard try StoredNamespace.named(name, in: db) == nil else { throw RegistryFailure.duplicate }
        try StoredNamespace.insert(definition.namespace, in: db)
        guard let stored = try StoredNamespace.named(name, in: db) else { throw RegistryFailure.notFound }
        for kind in MetadefKind.allCases {
            for part in definition[kind] { try stored.insert(kind, part, in: db) }
        }
        return try stored.definition(in: db)
    }
}

extension UpdateMetadefNamespace: StoredOperation {
    func run(in db: Database) throws -> MetadefNamespace {
        let stored = try StoredNamespace.visible(namespace, to: viewer, in: db)
        if let taken = try StoredNamespace.named(replacement.name, in: db), taken.number != stored.number {
            throw RegistryFailure.duplicate
        }
        try stored.update(to: replacement, in: db)
        guard let updated = try StoredNamespace.named(replacement.name, in: db) else { throw RegistryFailure.notFound }
        return updated.namespace
    }
}

extension DeleteMetadefNamespace: StoredOperation {
    func run(in db: Database) throws -> Done {
        let stored = try StoredNamespace.visible(namespace, to: viewer, in: db)
        if stored.namespace.isProtected { throw RegistryFailure.protected }
        // Its parts go with it.
        try db.change("DELETE FROM metadef_namespaces WHERE number = ?", [stored.number])
        return Done()
    }
}

extension ListMetadefResourceTypes: StoredOperation {
    func run(in db: Database) throws -> MetadefParts {
        let rows = try db.all("SELECT name, created_at, updated_at FROM metadef_resource_types ORDER BY number")
        return MetadefParts(
            parts: rows.map { row in
                MetadefPart(
                    name: row[0], createdAt: Timestamp(microseconds: row[1]),
                    updatedAt: Timestamp(microseconds: row[2]))
            })
    }
}
