import GlanceHTTP
import ImageModel
import JSONText
import Testing

@testable import ImageAPI

private let user = Caller(userID: "u", projectID: "p", roles: ["member"])
private let admin = Caller(userID: "a", projectID: "p", roles: ["admin"], isAdmin: true)

private func rules(_ text: String) throws -> PolicyRules {
    try PolicyRules(try PolicyFile(path: "/f", bytes: Array(text.utf8)))
}

private func problem(_ text: String) throws -> String {
    try #require(throws: PolicyFileError.self) { try rules(text) }.description
}

@Suite struct PolicyDefaultsTests {
    @Test func everybodyMayWhatOwnershipDoesNotForbid() {
        let rules = PolicyRules()
        for rule in [
            "add_image", "get_image", "get_images", "modify_image", "delete_image", "upload_image", "download_image",
            "copy_from", "set_image_location", "get_members", "modify_member", "delete_member",
        ] {
            #expect(rules.allows(rule, user), "\(rule)")
        }
    }

    @Test func theShippedPolicyLetsEverybodyPublish() throws {
        let checkout = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let shipped = Policy(rules: try PolicyRules(file: "\(checkout)/config/policy.yaml"))
        try shipped.enforce("publicize_image", user)
        #expect(throws: APIError.forbidden) { try Policy().enforce("publicize_image", user) }
    }

    @Test func whoMayOnlyReadWritesInNeitherVersion() {
        let reader = Caller(userID: "u", projectID: "p", roles: ["reader"])
        let roleless = Caller(userID: "u", projectID: "p")
        let rules = PolicyRules()
        for rule in ["add_image", "upload_image", "download_image", "delete_image", "add_member"] {
            #expect(!rules.allows(rule, reader) && !rules.allowsInV2(rule, reader), "\(rule)")
            #expect(rules.allows(rule, roleless) && !rules.allowsInV2(rule, roleless), "\(rule)")
            #expect(rules.allowsInV2(rule, user), "\(rule)")
        }
        #expect(rules.allowsInV2("get_images", reader) && !rules.allowsInV2("get_images", roleless))
    }

    @Test(arguments: [
        "manage_image_cache", "context_is_admin", "tasks_api_access", "copy_image", "cache_delete", "publicize_image",
    ])
    func adminsAlone(rule: String) {
        #expect(!PolicyRules().allows(rule, user))
        #expect(PolicyRules().allows(rule, admin))
    }

    @Test func whatIsNoRuleIsNobodys() {
        #expect(!PolicyRules().allows("get_imagse", admin))
    }
}

@Suite struct PolicyRulesTests {
    @Test func theFileCountsAndDefaultsFillTheRest() throws {
        let made = try rules(#"{"get_images": "role:reader", "old": [["role:member"]], "add_image": "rule:old"}"#)
        #expect(!made.allows("get_images", user))
        #expect(made.allows("add_image", user) && !made.allows("add_image", admin))
        #expect(made.allows("get_image", user) && !made.allows("manage_image_cache", user))
    }

    @Test func aRuleCalledDefaultStandsInForTheRest() throws {
        let strict = try rules(#"{"default": "!", "get_images": ""}"#)
        #expect(strict.allows("get_images", user) && !strict.allows("get_image", admin))
        // But it makes nobody an admin, nor takes it away.
        #expect(strict.allows("context_is_admin", admin))
        #expect(try !rules(#"{"default": ""}"#).allows("context_is_admin", user))
    }

    @Test func contextIsAdminMakesAdminsBesideTheAdminRole() throws {
        let policy = Policy(rules: try rules(#"{"context_is_admin": "role:boss"}"#))
        let boss = Caller(userID: "b", projectID: "p", roles: ["boss"])
        #expect(policy.recognizing(boss).isAdmin && policy.recognizing(admin).isAdmin)
        #expect(!policy.recognizing(user).isAdmin)
        // Who has no identity never is one.
        let open = Policy(rules: try rules(#"{"context_is_admin": ""}"#))
        #expect(!open.recognizing(Caller(userID: nil, projectID: nil, isReadOnly: true)).isAdmin)
    }

    @Test func theTargetIsMadeOnlyWhereARuleLooksAtIt() throws {
        let made = try rules(#"{"own": "project_id:%(owner)s", "get_image": "role:x or rule:own", "add_image": "@"}"#)
        #expect(made.looksAtTarget("get_image") && !made.looksAtTarget("add_image"))
        var image = Image(id: "i", owner: "p")
        #expect(made.allows("get_image", target: image.policyTarget(for: user), user))
        image.owner = "q"
        image.properties = [ImageProperty(name: "owner", value: "p")]
        #expect(!made.allows("get_image", target: image.policyTarget(for: user), user))
        image.owner = nil
        #expect(!made.allows("get_image", target: image.policyTarget(for: user), user))
        var count = 0
        func target() -> [String: String] {
            count += 1
            return [:]
        }
        #expect(made.allows("add_image", target: target(), user) && count == 0)
        #expect(!made.allows("get_image", target: target(), user) && count == 1)
    }

    @Test func customPropertiesCanDecideADownload() throws {
        let made = try rules(#"{"download_image": "role:admin or not 'secret':%(level)s"}"#)
        var image = Image(id: "i", owner: "p")
        #expect(made.allows("download_image", target: image.policyTarget(for: user), user))
        image.properties = [ImageProperty(name: "level", value: "secret")]
        #expect(!made.allows("download_image", target: image.policyTarget(for: user), user))
        #expect(made.allows("download_image", target: image.policyTarget(for: admin), admin))
    }

    @Test func aFileOfTheV2EraLoads() throws {
        let made = try rules(
            """
            "admin_required": "role:admin or is_admin:1"
            "project_member_or_admin": "rule:admin_required or (role:member and project_id:%(project_id)s)"
            "default": ""
            "get_image": "rule:admin_required or (role:reader and (project_id:%(project_id)s or
              project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s))"
            "modify_image": "rule:project_member_or_admin"
            "add_metadef_namespace": "rule:metadef_admin"
            "stores_info_detail": "role:service"
            "cache_image": "rule:context_is_admin"
            """)
        #expect(made.notices(used: []) == [])
        #expect(made.allows("modify_image", target: Image(id: "i", owner: "p").policyTarget(for: user), user))
        var other = Image(id: "i", owner: "q")
        #expect(!made.allows("modify_image", target: other.policyTarget(for: user), user))
        // Who sees it without owning it is a member of it.
        let reader = Caller(userID: "u", projectID: "p", roles: ["reader"])
        #expect(made.allows("get_image", target: other.policyTarget(for: reader), reader))
        other.visibility = .private
        #expect(!made.allows("get_image", target: other.policyTarget(for: reader), reader))
        other.visibility = .community
        #expect(made.allows("get_image", target: other.policyTarget(for: reader), reader))
    }

    @Test func strangersAreNamedOnceWithTheirLines() throws {
        let made = try rules(
            """
            {
                "get_imagse": "role:admin",
                "helper": "role:x",
                "get_image": "rule:helper",
                "protector": "role:y"
            }
            """)
        #expect(made.notices(used: ["protector"]) == ["/f:2: no rule of Glance is called 'get_imagse'"])
    }
}

@Suite struct PolicyProblemTests {
    @Test(arguments: [
        ("{\n \"get_image\": \"role:a\",\n}", "/f:3: is not JSON"),
        ("{\n\n \"get_image\": \"nonsense\"}", "/f:3: rule"),
        ("{\"get_image\": null}", "/f:1: rule 'get_image': expected a text"), ("{\"get_image\": {}}", "/f:1: rule"),
        ("{\n\"get_image\": \"rule:none\"}", "/f:2: rule 'get_image': refers to rule 'none', which there is not"),
        ("{\n\"get_image\": \"rule:get_image\"}", "/f:2: rule 'get_image': refers to itself"),
        ("{\n\"a\": \"rule:b\",\n\"b\": \"role:x or not rule:a\"}", "/f:2: rule 'a': refers to itself"),
        ("# policy\n\"get_image\": \"nonsense\"\n", "/f:2: rule 'get_image': 'nonsense' is no check"),
        ("get_image: \"role:a\n", "/f:1: has a quote without"), ("a: @\n", "/f:1: begins with '@'"),
        ("a: !\n", "/f:1: begins with '!'"), ("a: &x role:y\n", "/f:1: begins with '&'"),
        ("a:\n", "/f:1: has no check"),
        ("a: # nothing\n", "/f:1: has no check"), ("\na: b: c\n", "/f:2: has a colon"),
        ("a: \"\\u0040\"", "/f:1: has a \\"),
        ("a:\n  - role:x\n", "/f:1: lists"), ("- a\n", "/f:1: expected"), ("  a: b\n", "/f:1: is indented"),
        ("a b\n", "/f:1: expected 'rule: check'"), ("\"a\" \"b\"\n", "/f:1: expected a colon"),
        ("a: role:x\n---\nb: role:x\n", "/f:2: begins another"), ("[\"a\"]", "/f:1: expected"),
        ("a: [[\"role:x\"]\n", "/f:1: lists"), ("a: \"role:x\" role:y\n", "/f:1: expected nothing"),
        ("a: >2\n  x\n", "/f:1: expected nothing"), ("a\u{0007}: nonsense", "/f:1: rule 'a\\u{07}'"),
    ])
    func badFilesAreRefusedWithTheLine(text: String, expected: String) throws {
        let found = try problem(text)
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func whatIsNotUTF8IsRefused() {
        #expect(throws: PolicyFileError("/f", "is not valid UTF-8")) {
            try PolicyFile(path: "/f", bytes: [0x61, 0x3A, 0x20, 0xFF])
        }
    }

    @Test func aMissingFileIsRefused() throws {
        let error = try #require(throws: PolicyFileError.self) { try PolicyRules(file: "/nowhere/policy.json") }
        #expect(error.description == "/nowhere/policy.json: cannot be opened: No such file or directory")
        #expect(throws: PolicyFileError.self) { try PolicyRules(file: "/tmp") }
    }

    @Test func longChainsAreRefused() throws {
        let chain = { (count: Int) in
            "{" + (0..<count).map { "\"r\($0)\": \"rule:r\($0 + 1)\"," }.joined() + "\"r\(count)\": \"@\"}"
        }
        #expect(try rules(chain(50)).allows("r0", user))
        #expect(throws: PolicyFileError.self) { try rules(chain(70)) }
        #expect(throws: PolicyFileError.self) { try rules(chain(5000)) }
    }
}

@Suite struct FlatYAMLTests {
    @Test(arguments: [
        ("", 0), ("# all of it is a comment\n#\"get_image\": \"!\"\n\n   # more\n", 0), ("---\n# x\n...\nrubbish", 0),
        ("--- # policies\nget_image: '!'\n", 1), ("\"get_image\": \"!\"\r\n\"get_images\": '@'\r\n", 2),
    ])
    func rulesAreCounted(text: String, count: Int) throws {
        #expect(try FlatYAML(text, path: "/f").rules.count == count)
    }

    @Test(
        arguments: [
            (#""get_image": "role:x""#, "role:x"), ("get_image: role:x", "role:x"),
            ("get_image: role:x # why", "role:x"),
            ("'get_image' : 'it''s':x", nil), ("get_image: \"'it''s':x\" # y", "'it''s':x"),
            ("get_image: '''a'':%(x)s'", "'a':%(x)s"), ("get_image: \"\\\"a\\\":%(x)s\"", "\"a\":%(x)s"),
            ("get_image: ''", ""), ("get_image:\n  role:x or\n  # not this\n  role:y", "role:x or role:y"),
            ("get_image: \"role:x\n  or role:y\"", "role:x or role:y"),
            ("get_image: >-\n  role:x\n  or role:y\n", "role:x or role:y"),
            ("get_image: |  # c\n  role:x\n", "role:x"), ("get_image: role:a#b", "role:a#b"),
            ("get_image:\n\t'role:x'", "role:x"), ("get_image: role:x\nget_image: role:y", "role:y"),
        ] as [(String, String?)])
    func checksAreRead(text: String, expected: String?) throws {
        guard let expected else {
            #expect(throws: PolicyFileError.self) { try FlatYAML(text, path: "/f") }
            return
        }
        #expect(try FlatYAML(text, path: "/f").rules.last?.value == .string(expected))
    }

    @Test func listsInJSONsFormAreRead() throws {
        #expect(try rules("get_image: [[\"role:member\", \"project_id:p\"]]").allows("get_image", user))
    }
}
