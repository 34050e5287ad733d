import GRDB
import ImageModel
import JSONText

extension GetImage: StoredOperation {
    func run(in db: Database) throws -> Image { try Image.visible(id, to: viewer, in: db) }

    func answer(in db: Database) throws -> [UInt8] {
        guard let json = try ImageRow.visibleJSON(of: id, to: viewer, in: db) else { throw RegistryFailure.notFound }
        return json
    }
}

extension Ping: StoredOperation {
    func run(in db: Database) throws -> Done {
        _ = try db.first("SELECT 1", [])
        return Done()
    }
}
