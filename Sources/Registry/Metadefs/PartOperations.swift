import GRDB
import ImageModel

extension MetadefPlace {
    fileprivate func stored(in db: Database) throws -> StoredNamespace {
        try StoredNamespace.visible(namespace, to: viewer, in: db)
    }
}

extension ListMetadefParts: StoredOperation {
    func run(in db: Database) throws -> MetadefParts {
        let stored = try place.stored(in: db)
        guard let page else { return MetadefParts(parts: try stored.parts(place.kind, in: db)) }
        return MetadefParts(parts: try stored.parts(place.kind, page: page, in: db))
    }
}

extension GetMetadefPart: StoredOperation {
    func run(in db: Database) throws -> MetadefPart {
        try place.stored(in: db).part(place.kind, part, in: db)
    }
}

extension AddMetadefParts: StoredOperation {
    func run(in db: Database) throws -> MetadefParts {
        let stored = try place.stored(in: db)
        if replacesAll, !parts.isEmpty { try stored.deleteAll(place.kind, in: db) }
        for part in parts { try stored.insert(place.kind, part, in: db) }
        return MetadefParts(parts: try parts.map { try stored.part(place.kind, $0.name, in: db) })
    }
}

extension UpdateMetadefPart: StoredOperation {
    func run(in db: Database) throws -> MetadefPart {
        let stored = try place.stored(in: db)
        try stored.update(place.kind, part, to: replacement, in: db)
        return try stored.part(place.kind, replacement.name, in: db)
    }
}

extension DeleteMetadefParts: StoredOperation {
    func run(in db: Database) throws -> Done {
        let stored = try place.stored(in: db)
        if let part { _ = try stored.part(place.kind, part, in: db) }
        if stored.namespace.isProtected { throw RegistryFailure.protected }
        if let part {
            try stored.delete(place.kind, part, in: db)
        } else {
            try stored.deleteAll(place.kind, in: db)
        }
        return Done()
    }
}
