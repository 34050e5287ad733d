import GRDB
import GRDBSQLite
import ImageModel
import JSONText
import Testing

@testable import Registry

/// Answers are given again until somebody commits.
@Suite struct KeptAnswersTests {
    private static func call(_ number: Int) -> OperationCall { OperationCall(name: "get-image", body: [UInt8(number)]) }
    private static func answer(_ bytes: Int) -> OperationAnswer {
        OperationAnswer(status: 200, body: Array(repeating: 1, count: bytes))
    }

    @Test func areOfOneState() throws {
        let test = try TestDatabase()
        let before = try #require(test.database.commitState)
        var kept = KeptAnswers(bytesMax: 10_000)
        kept.keep(Self.answer(10), to: Self.call(1), in: before)
        #expect(kept.answer(to: Self.call(1), in: before) == Self.answer(10))
        #expect(kept.answer(to: Self.call(2), in: before) == nil)
        _ = try test.create()
        let after = try #require(test.database.commitState)
        #expect(after != before)
        #expect(kept.answer(to: Self.call(1), in: after) == nil)
        kept.keep(Self.answer(20), to: Self.call(2), in: after)
        #expect(kept.answer(to: Self.call(2), in: after) == Self.answer(20))
        #expect(kept.answer(to: Self.call(1), in: before) == nil)
        #expect(kept.answer(to: Self.call(1), in: after) == nil)
    }

    @Test func aReadMovesNothing() throws {
        let test = try TestDatabase()
        let image = try test.create()
        let before = try #require(test.database.commitState)
        _ = try test.perform(GetImage(id: image.id, viewer: .owner))
        #expect(test.database.commitState == before)
    }

    /// Over HTTP: how often SQLite is asked, and that a commit of another process is seen at once.
    @Test func askTheDatabaseOnceForEachState() async throws {
        try await PikeServer.run { server in
            let image = try server.test.create()
            let body = GetImage(id: image.id, viewer: .owner).json
            func name() async throws -> String? {
                let answer = try await server.send("POST", "/operations/get-image", body)
                #expect(answer.status == 200)
                return try answer.json["name"]?.string
            }
            let first = try await name()
            let runs = try server.test.readerRuns()
            for _ in 0..<8 { #expect(try await name() == first) }
            #expect(try server.test.readerRuns() == runs)

            let other = try DatabaseQueue(path: server.test.path)
            for round in 0..<8 {
                try await other.write { try $0.execute(sql: "UPDATE images SET name = 'other \(round)'") }
                #expect(try await name() == "other \(round)")
            }
            try await other.write { try $0.execute(sql: "DELETE FROM images") }
            for _ in 0..<4 {
                #expect(try await server.send("POST", "/operations/get-image", body).status == 404)
            }
            _ = try server.test.create()
            #expect(try await server.send("POST", "/operations/get-image", body).status == 404)
        }
    }

    @Test func aFailureIsNotKept() async throws {
        try await PikeServer.run { server in
            let image = try server.test.create()
            let body = GetImage(id: image.id, viewer: .owner).json
            let other = try DatabaseQueue(path: server.test.path)
            try await other.write { try $0.execute(sql: "ALTER TABLE image_tags RENAME TO gone") }
            #expect(try await server.send("POST", "/operations/get-image", body).status == 503)
            try await other.write { try $0.execute(sql: "ALTER TABLE gone RENAME TO image_tags") }
            #expect(try await server.send("POST", "/operations/get-image", body).status == 200)
        }
    }
}

extension TestDatabase {
    /// How often the statements of the one reader that is kept have run.
    fileprivate func readerRuns() throws -> Int {
        try database.transaction(.readOne) { db in
            var count = 0
            var statement = sqlite3_next_stmt(db.sqliteConnection, nil)
            while let current = statement {
                count += Int(sqlite3_stmt_status(current, SQLITE_STMTSTATUS_RUN, 0))
                statement = sqlite3_next_stmt(db.sqliteConnection, current)
            }
            return count
        }
    }
}
