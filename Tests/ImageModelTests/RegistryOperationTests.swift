import ImageModel
import JSONText
import Testing

/// What the daemons say to each other arrives as it was meant, or not at all.
@Suite struct RegistryOperationTests {
    @Test func everyOperationComesBack() throws {
        for operation in Samples.operations + Samples.bareOperations { try expectRoundTrip(operation) }
    }

    private func expectRoundTrip<Operation: RegistryOperation>(_ operation: Operation) throws {
        let back = try Operation(json: try JSONValue(parsing: operation.json.serialized))
        #expect(back.json == operation.json)
        // Every stored field, also one that was forgotten in both directions.
        #expect(String(reflecting: back) == String(reflecting: operation))
    }

    @Test func namesAreUnique() {
        let names = Samples.operations.map { type(of: $0).name }
        #expect(Set(names).count == names.count)
        // They stand in a path.
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
    }

    @Test func whatIsSentAgainIsNamed() {
        let once = Samples.operations.filter { !type(of: $0).isIdempotent }.map { type(of: $0).name }
        #expect(
            Set(once) == [
                "create-image", "update-image", "delete-image", "activate-location", "delete-member", "create-task",
                "add-member", "remove-tag", "start-import", "create-user", "delete-user", "create-project",
                "delete-project", "create-role", "delete-role", "withdraw-role", "create-api-key", "delete-api-key",
                "issue-token",
            ])
    }

    /// A member of the wrong kind is an error: it must not count as absent, where absent means "no bound".
    @Test func wrongKindsAreRefused() throws {
        for operation in Samples.operations where operation.json != [:] { try expectRefusal(operation) }
    }

    private func expectRefusal<Operation: RegistryOperation>(_ operation: Operation) throws {
        for damaged in damages(operation.json) {
            #expect(
                throws: JSONShapeError.self, "\(Operation.name): \(String(decoding: damaged.serialized, as: UTF8.self))"
            ) {
                try Operation(json: damaged)
            }
        }
    }

    /// The value with one scalar or container in it replaced by something of another kind, in all ways.
    private func damages(_ json: JSONValue) -> [JSONValue] {
        switch json {
        case .null: return []
        case .bool, .double: return [.string("x")]
        case .int: return [.string("x"), .double(1.5), .bool(true)]
        case .string: return [.int(1), .array([])]
        case .array(let elements):
            return [.string("x")]
                + elements.indices.flatMap { index in
                    damages(elements[index]).map { damaged in
                        var copy = elements
                        copy[index] = damaged
                        return .array(copy)
                    }
                }
        case .object(let object):
            return [.string("x")]
                + object.members.indices.flatMap { index in
                    damages(object.members[index].value).map { damaged in
                        var copy = JSONObject()
                        for (place, member) in object.members.enumerated() {
                            copy.append(member.name, place == index ? damaged : member.value)
                        }
                        return .object(copy)
                    }
                }
        }
    }

    @Test(arguments: ["get-image", "begin-upload", "update-image", "put-members", "finish-upload", "create-task"])
    func missingMembersAreRefused(_ name: String) throws {
        for operation in Samples.bareOperations where type(of: operation).name == name {
            try expectAllNeeded(operation)
        }
    }

    private func expectAllNeeded<Operation: RegistryOperation>(_ operation: Operation) throws {
        let members = try #require(operation.json.object).members
        for missing in members where missing.value != .null {
            var object = JSONObject()
            for member in members where member.name != missing.name { object.append(member.name, member.value) }
            #expect(throws: JSONShapeError.self, "\(Operation.name) without \(missing.name)") {
                try Operation(json: .object(object))
            }
        }
    }

    /// A guard on statuses must not vanish because one of them is unknown.
    @Test func unknownWordsAreRefused() throws {
        func replacing(_ json: JSONValue, _ name: String, _ value: JSONValue) throws -> JSONValue {
            var object = JSONObject()
            for member in try #require(json.object).members {
                object.append(member.name, member.name == name ? value : member.value)
            }
            return .object(object)
        }
        let update = UpdateImage(id: "a", viewer: Samples.viewer, changes: ImageChanges(), expectedStatuses: [.queued])
        let statuses = try replacing(update.json, "expected_statuses", .array([.string("quueued")]))
        #expect(throws: JSONShapeError.self) { try UpdateImage(json: statuses) }
        for (name, word) in [("scope", "theirs"), ("member_status", "maybe")] {
            let query = try replacing(Samples.query.json, name, .string(word))
            #expect(throws: JSONShapeError.self) { try ImageQuery(json: query) }
        }
        let sort = try replacing(
            Samples.query.json, "sort", .array([["key": .string("owner; --"), "dir": .string("asc")]]))
        #expect(throws: JSONShapeError.self) { try ImageQuery(json: sort) }
    }

    static let failures: [(RegistryFailure, Int)] = [
        (.notFound, 404), (.forbidden, 403), (.duplicate, 409), (.conflict(status: .pendingDelete), 409),
        (.quotaExceeded(quota: "storage", limit: 10, used: 9), 413), (.invalidMarker, 400), (.protected, 403),
        (.malformed("why"), 400), (.unavailable("why not"), 503),
    ]

    @Test(arguments: failures)
    func failuresComeBack(_ failure: RegistryFailure, _ status: Int) throws {
        #expect(try RegistryFailure(json: try JSONValue(parsing: failure.json.serialized)) == failure)
        #expect(failure.httpStatus == status)
    }

    @Test(arguments: [
        "{}", "[]", #"{"failure":1}"#, #"{"failure":"nonsense"}"#, #"{"failure":"conflict"}"#,
        #"{"failure":"conflict","status":"odd"}"#, #"{"failure":"quota_exceeded","quota":"x","limit":1}"#,
    ])
    func otherFailuresAreRefused(_ text: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        #expect(throws: JSONShapeError.self) { try RegistryFailure(json: json) }
    }
}
