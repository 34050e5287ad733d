import GRDB
import GRDBSQLite
import ImageModel
import Testing

@testable import Registry

/// Statements are planned once a connection, and not each time that they run.
@Suite struct KeptPlansTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase(readers: 1) }

    /// How often the reader's statements were planned anew.
    private func reprepared() throws -> Int {
        try test.database.transaction(.readOne) { db in
            var count = 0
            var statement = sqlite3_next_stmt(db.sqliteConnection, nil)
            while let current = statement {
                count += Int(sqlite3_stmt_status(current, SQLITE_STMTSTATUS_REPREPARE, 0))
                statement = sqlite3_next_stmt(db.sqliteConnection, current)
            }
            return count
        }
    }

    @Test("whoever asks for whatever page", arguments: ListPlanTests.scopes)
    func keepsThePlansOfLists(_ scope: ImageQuery.Scope) throws {
        let images = try (0..<3).map { try test.create(owner: "tenant-\($0)", visibility: .public) }
        for viewer in [Viewer.owner, .admin, .anonymous] {
            for tenant in 0..<4 {
                var query = ImageQuery(viewer: viewer, limit: 1 + tenant)
                if viewer == .owner { query.viewer = Viewer(projectID: "tenant-\(tenant)", isAdmin: false) }
                query.scope = scope
                query.isHidden = tenant.isMultiple(of: 2)
                query.filters = [.text(.owner, isIn: ["tenant-\(tenant)"])]
                _ = try test.perform(ListImages(query: query))
                query.filters = []
                _ = try test.perform(ListImages(query: query))
            }
        }
        for image in images { _ = try test.perform(GetImage(id: image.id, viewer: .admin)) }
        #expect(try reprepared() == 0)
    }
}
