import GlanceHTTP
import HTTPWire
import ImageModel
import JSONText
import Testing

@testable import ImageAPI

private let member = Caller(userID: "u", projectID: "p", roles: ["member"])
private let admin = Caller(userID: "a", projectID: "p", roles: ["admin"], isAdmin: true)

/// What a member may: x_secret nothing; x_fixed read; x_once create and read; x_kept all but delete; the rest all.
private let file = """
    # comment
    [^x_secret]
    create = admin
    read = admin
    update = admin
    delete = admin

    [^x_fixed$]
    create: admin
    read: @
    update: admin
    delete: admin
    [^x_once]
    create = admin, Member
    read = admin,member
    update = !
    delete = !
    [^x_kept]
    create = @
    read = @
    update = @
    delete = !
    [^x_]
    create = !
    read = !
    update = !
    delete = !
    [.*]
    create = @
    read = @
    update = @ ; everybody
    delete = @
    """

private func policy(_ text: String = file, rules: PolicyRules = PolicyRules()) throws -> Policy {
    Policy(
        rules: rules,
        protections: try PropertyProtections(text, path: "/p", format: .roles, rules: rules))
}

private func image(_ properties: [String: String?]) -> Image {
    var image = Image(id: "i", owner: "p")
    image.properties = properties.sorted { $0.key < $1.key }.map { ImageProperty(name: $0.key, value: $0.value) }
    return image
}

/// What a PUT with these lines does to the properties of an image.
private func properties(
    of image: Image, after lines: String..., by caller: Caller = member, hasBody: Bool = false
) throws -> [String: String?] {
    let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) }, method: "PUT")
    let metadata = try MetadataHeaders(head.fields, options: ImageAPIOptions())
    let changes = try policy().allowed(
        ImageChanges(metadata, of: image, caller: caller, hasBody: hasBody), of: image, caller)
    var after: [String: String?] = [:]
    if !changes.replacesProperties { for property in image.properties { after[property.name] = property.value } }
    for name in changes.removedProperties { after.removeValue(forKey: name) }
    for property in changes.properties { after.updateValue(property.value, forKey: property.name) }
    return after
}

@Suite struct PropertyProtectionTests {
    @Test(
        "[V1-0254] [V1-0304] what may not be read is left out",
        arguments: [
            (member, ["free", "x_fixed", "x_kept"]), (admin, ["free", "x_fixed", "x_kept", "x_secret"]),
        ])
    func unreadablePropertiesAreLeftOut(caller: Caller, shown: [String]) throws {
        let whole = image(["free": "1", "x_secret": "2", "x_fixed": "3", "x_kept": "4", "x_other": "5"])
        let seen = try policy().readable(whole, caller)
        #expect(seen.properties.map(\.name) == shown)
        let headers = ImageHeaders.fields(of: seen).map(\.name).filter { $0.hasPrefix("x-image-meta-property-") }
        #expect(headers == shown.map { "x-image-meta-property-\($0)" })
        let page = try JSONValue(parsing: ImageBody.detail(try policy().readable([whole, whole], caller)))
        for entry in try #require(page["images"]?.array) {
            #expect(entry["properties"]?.object?.members.map(\.name) == shown)
        }
    }

    @Test(
        "[V1-0133] create needs its right",
        arguments: [("x_secret", false), ("x_fixed", false), ("x_once", true), ("free", true), ("x_y", false)])
    func createNeedsItsRight(name: String, isAllowed: Bool) throws {
        let given = [ImageProperty(name: "a", value: "b"), ImageProperty(name: name, value: "v")]
        if isAllowed {
            try policy().requireCreate(given, member)
        } else {
            let error = try #require(throws: APIError.self) { try policy().requireCreate(given, member) }
            #expect(error == APIError(403, .explanation("Property '\(name)' is protected")))
        }
    }

    @Test("[V1-0360] what may not be read survives a PUT that does not name it")
    func unreadablePropertiesSurviveAPurge() throws {
        let whole = image(["x_secret": "s", "free": "1"])
        #expect(try properties(of: whole, after: "x-image-meta-name: n") == ["x_secret": "s"])
        #expect(try properties(of: whole, after: "x-image-meta-property-b: 2") == ["x_secret": "s", "b": "2"])
        #expect(try properties(of: whole, after: "x-image-meta-name: n", by: admin) == [:])
    }

    @Test("[V1-0361] what may be read and not deleted can't be left out")
    func undeletablePropertiesCannotBeLeftOut() throws {
        let whole = image(["x_kept": "k", "free": "1"])
        #expect(throws: APIError.propertyProtected("x_kept")) {
            try properties(of: whole, after: "x-image-meta-name: n")
        }
        #expect(
            try properties(of: whole, after: "x-image-meta-property-x_kept: l") == ["x_kept": "l"])
        // Nothing is left out without a purge.
        #expect(
            try properties(of: whole, after: "x-glance-registry-purge-props: false") == ["x_kept": "k", "free": "1"])
        #expect(
            try properties(of: whole, after: "x-image-meta-name: n", hasBody: true) == ["x_kept": "k", "free": "1"])
    }

    @Test(
        "[V1-0362] another value needs the right to update, any value the right to read",
        arguments: [("x_fixed", "new"), ("x_once", "new"), ("x_secret", "new"), ("x_secret", "old")])
    func changedPropertiesNeedTheirRight(name: String, value: String) throws {
        #expect(throws: APIError.propertyProtected(name)) {
            try properties(of: image([name: "old"]), after: "x-image-meta-property-\(name): \(value)")
        }
        #expect(
            try properties(of: image(["x_secret": "old"]), after: "x-image-meta-property-x_secret: new", by: admin)
                == ["x_secret": "new"])
    }

    @Test("[V1-0363] the same value may be sent", arguments: ["x_fixed", "x_once", "x_kept"])
    func unchangedPropertiesMayBeSent(name: String) throws {
        let whole = image([name: "old"])
        #expect(try properties(of: whole, after: "x-image-meta-property-\(name): old") == [name: "old"])
        // An empty value is null, and stays so.
        #expect(try properties(of: image([name: nil]), after: "x-image-meta-property-\(name):") == [name: nil])
    }

    @Test func newPropertiesOfAPutNeedTheRightToCreate() throws {
        #expect(throws: APIError.propertyProtected("x_fixed")) {
            try properties(of: image([:]), after: "x-image-meta-property-x_fixed: v")
        }
        #expect(try properties(of: image([:]), after: "x-image-meta-property-x_once: v") == ["x_once": "v"])
    }

    @Test func removalByNameNeedsTheRightToDelete() throws {
        let whole = image(["x_kept": "k", "x_secret": "s", "free": "o"])
        for name in ["x_kept", "x_secret"] {
            var changes = ImageChanges()
            changes.removedProperties = ["free", name]
            #expect(throws: APIError.propertyProtected(name)) { try policy().allowed(changes, of: whole, member) }
        }
        var changes = ImageChanges()
        changes.removedProperties = ["free", "nowhere"]
        #expect(try policy().allowed(changes, of: whole, member).removedProperties == ["free", "nowhere"])
    }

    @Test func filtersByWhatMayNotBeReadMatchNothing() throws {
        let filters: [ImageQuery.Filter] = [.property(name: "x_secret", value: "s"), .property(name: "a", value: "b")]
        #expect(try policy().readable(filters, member) == [.text(.id, isIn: []), .property(name: "a", value: "b")])
        #expect(try policy().readable(filters, admin) == filters)
        #expect(Policy().readable(filters, member) == filters)
    }

    @Test func nothingIsProtectedWithoutAFileOrASection() throws {
        let whole = image(["x_secret": "s"])
        #expect(Policy().readable(whole, member) == whole)
        #expect(try policy("# nothing\n").readable(whole, member) == whole)
    }

    @Test func whatNoSectionMatchesIsNobodys() throws {
        let narrow = try policy("[^a$]\ncreate=@\nread=@\nupdate=@\ndelete=@")
        #expect(narrow.permits(.read, "a", member) && !narrow.permits(.read, "ab", admin))
    }

    @Test func actionsThatAreNotNamedAreNobodysAndAreMentioned() throws {
        let part = try policy("[a]\nread = @\ncreate = @\nupdate = @\n")
        #expect(part.permits(.read, "a", member) && !part.permits(.delete, "a", admin))
        #expect(part.notices == ["/p:1: [a] does not say who may delete: nobody may"])
    }

    @Test func policiesMayStandForRoles() throws {
        let rules = try PolicyRules(
            try PolicyFile(path: "/f", bytes: Array("editor: role:editor or role:admin\n".utf8)))
        let text = "[.*]\ncreate = editor\nread = @\nupdate = editor\ndelete = !\n"
        let protections = try PropertyProtections(text, path: "/p", format: .policies, rules: rules)
        let policy = Policy(rules: rules, protections: protections)
        #expect(policy.permits(.create, "a", admin) && !policy.permits(.create, "a", member))
        #expect(policy.permits(.read, "a", member) && !policy.permits(.delete, "a", admin))
        // The rule is used, if not by Glance.
        #expect(policy.notices == [])
        for bad in ["editor,other", "nobody_knows"] {
            #expect(throws: PolicyFileError.self) {
                try PropertyProtections("[.*]\ncreate = \(bad)", path: "/p", format: .policies, rules: rules)
            }
        }
    }

    @Test(arguments: [
        ("create = @", "/p:1: stands before"), ("[a", "/p:1: expected"), ("[]", "/p:1: expected"),
        ("[a]\nraed = @", "/p:2: 'raed'"), ("[a]\nread", "/p:2: expected"), ("[a]\nread = @\nread = !", "/p:3: says"),
        ("[a]\nread =", "/p:2: [a] read: says nothing"), ("[a]\nread = @,!", "/p:2: [a] read: '@'"),
        ("[a]\n read = @", "/p:2: begins with a blank"), ("[a]\n[b]\n[a]", "/p:3: [a] stands twice"),
        ("[DEFAULT]\nread = @", "/p:1: [DEFAULT]"), ("\n[(]\nread = @", "/p:2: [(] is no regular expression"),
    ])
    func badFilesAreRefusedWithTheLine(text: String, expected: String) throws {
        let error = try #require(throws: PolicyFileError.self) { try policy(text) }
        #expect(error.description.hasPrefix(expected), "\(error)")
    }
}

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("^x_", "x_a", true), ("^x_", "ax_", false), ("x_", "ax_", true), ("^x_.*$", "x_", true), (".*", "", true),
        ("a|b", "xbx", true), (#"^\d+$"#, "123", true), (#"^\d+$"#, "12d", false), (#"^\D$"#, "d", true),
        (#"^\w+$"#, "a_1", true), (#"^(?:ab)+$"#, "abab", true), ("^a+?$", "aa", true), ("^a+?$", "", false),
        ("^a{2,3}?$", "aaa", true), (#"^[\w.]+$"#, "a.b_c", true), (#"^[^\d]+$"#, "a1", false), (#"\Ax\Z"#, "x", true),
        (#"^a\.b$"#, "axb", false), ("^ü$", "ü", true), ("^.{2}$", "ü", true), ("[]a]", "]", true),
        (#"[\\]"#, "\\", true),
    ])
    func pythonsExpressionsMatch(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        "(", "[a", "*a", "a**", "(?=a)", "(?!a)", "(?P<n>a)", #"(a)\1"#, #"\p"#, "a\\", #"[\]]"#, "[[:alpha:]]", "(*a)",
        "a|+", String(repeating: "a", count: 2000),
    ])
    func othersAreRefused(pattern: String) {
        #expect(throws: PolicySyntaxError.self) { try RegularExpression(pattern) }
    }

    @Test func longNamesTakeLinearTime() throws {
        // A backtracking matcher would not come back from this.
        let expression = try RegularExpression("^(a+)+(a+)+$")
        #expect(!expression.matches(String(repeating: "a", count: 16_000) + "b"))
    }
}
