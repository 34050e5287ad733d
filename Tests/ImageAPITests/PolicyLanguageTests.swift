import JSONText
import Testing

@testable import ImageAPI

private func passes(
    _ rule: JSONValue, _ caller: Caller, target: [String: String] = [:]
) throws -> Bool {
    try PolicyParser.check(rule).passes(caller, target: target, rules: ["yes": .everybody, "no": .nobody])
}

@Suite struct PolicyLanguageTests {
    private let caller = Caller(userID: "u", projectID: "p", roles: ["member", "reader"])

    @Test(arguments: [
        ("", true), ("@", true), ("!", false), ("rule:yes", true), ("rule:no", false),
        ("role:member", true), ("role:MEMBER", true), ("role:admin", false), ("roles:reader", true),
        ("user_id:u", true), ("user:u", true), ("user_id:x", false), ("project_id:p", true), ("tenant:p", true),
        ("tenant_id:q", false), ("is_admin:False", true), ("is_admin:True", false), ("is_admin_project:True", true),
        ("domain_id:default", false), ("system_scope:all", false),
        // and before or, not before both
        ("rule:yes or rule:no and rule:no", true), ("(rule:yes or rule:no) and rule:no", false),
        ("rule:no and rule:no or rule:yes", true), ("not rule:no", true), ("not rule:no and rule:no", false),
        ("not (rule:no and rule:no)", true), ("not not rule:yes", true), ("NOT rule:yes OR Rule:yes", false),
        ("rule:yes AND ((rule:no Or rule:yes))", true),
        ("  role:member\n and\tproject_id:p ", true), ("@ and not !", true),
        // literals, and texts with a percent sign
        ("'a':a", true), ("\"a b\":b", false), ("True:True", true), ("None:None", true), ("42:42", true),
        ("role:mem%%ber", false), ("'50%':50%%", true),
    ])
    func rulesOfOneCaller(rule: String, expected: Bool) throws {
        #expect(try passes(.string(rule), caller) == expected)
    }

    @Test(
        arguments: [
            ("project_id:%(project_id)s", ["project_id": "p"], true),
            ("project_id:%(project_id)s", ["project_id": "q"], false), ("project_id:%(project_id)s", [:], false),
            ("tenant:%(owner)s", ["owner": "p"], true), ("user_id:%(user_id)s", ["user_id": "u"], true),
            ("not project_id:%(project_id)s", [:], true), ("'public':%(visibility)s", ["visibility": "public"], true),
            ("\"public\":%(visibility)s", ["visibility": "shared"], false),
            ("role:%(group)s", ["group": "Reader"], true),
            ("'a-b':%(x)s-%(y)s", ["x": "a", "y": "b"], true), ("'a-b':%(x)s-%(y)s", ["x": "a"], false),
            ("True:%(is_public)s", ["is_public": "True"], true), ("None:%(owner)s", [:], false),
        ] as [(String, [String: String], Bool)])
    func rulesAboutATarget(rule: String, target: [String: String], expected: Bool) throws {
        #expect(try passes(.string(rule), caller, target: target) == expected)
        #expect(try PolicyParser.check(rule).looksAtTarget)
    }

    @Test func aCallerWithoutAProjectEqualsNoTarget() throws {
        let nobody = Caller(userID: nil, projectID: nil)
        for text in ["", "None"] {
            #expect(try !passes(.string("project_id:%(owner)s"), nobody, target: ["owner": text]))
        }
    }

    @Test(
        arguments: [
            ([], true), ([["role:member", "tenant:p"]], true), ([["role:member", "tenant:q"]], false),
            ([["role:admin"], ["tenant:p"]], true), ([[]], false), ([[], ["@"]], true),
        ] as [([[String]], Bool)])
    func olderListsOfLists(lists: [[String]], expected: Bool) throws {
        let rule = JSONValue.array(lists.map { .array($0.map { .string($0) }) })
        #expect(try passes(rule, caller) == expected)
    }

    @Test func aListMayHaveTextsForListsOfOne() throws {
        #expect(try passes(.array([.string("role:admin"), .string("role:member")]), caller))
        #expect(try !passes(.array([.string("role:admin")]), caller))
    }

    @Test(arguments: [
        " ", "member", "role:a role:b", "role:a and", "or role:a", "not", "(role:a", "role:a)", "()",
        "role:a and or role:b",
        ":x", "rule:", "'a'", "'a:b", "\"a\"b:c", "project_id:%(x", "project_id:%(x)d", "project_id:%s", "a:100%",
        "http://example.org/check", "https:x",
    ])
    func whatIsNoRuleIsRefused(rule: String) {
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.check(rule) }
    }

    @Test(arguments: [JSONValue.null, .bool(true), .int(1), ["a": .null], .array([.int(1)]), .array([.array([.null])])])
    func otherValuesAreRefused(value: JSONValue) {
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.check(value) }
    }

    @Test func depthIsBounded() throws {
        let nested = { (count: Int) in
            String(repeating: "(", count: count) + "role:a" + String(repeating: ")", count: count)
        }
        _ = try PolicyParser.check(nested(60))
        #expect(throws: PolicySyntaxError.self) { try PolicyParser.check(nested(100_000)) }
        #expect(throws: PolicySyntaxError.self) {
            try PolicyParser.check(String(repeating: "not ", count: 100_000) + "@")
        }
    }
}
