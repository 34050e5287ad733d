import GRDB
import ImageModel
import WALIndex

extension LocateWALIndex: StoredOperation {
    func run(in db: Database) throws -> WALIndexPlace {
        let path = try String.fetchOne(db, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'")
        // The name that SQLite gives it, https://sqlite.org/walformat.html §1.
        guard let path, !path.isEmpty, let place = WALIndexPlace(at: path + "-shm") else {
            throw RegistryFailure.notFound
        }
        return place
    }
}
