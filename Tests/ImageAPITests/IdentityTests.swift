import GlanceHTTP
import HTTPWire
import ImageModel
import Testing

@testable import ImageAPI

@Suite struct IdentityTests {
    @Test(
        arguments: [
            ("u:t:admin,Member", "u", "t", ["admin", "member"], true), ("u:t:_member_", "u", "t", ["_member_"], false),
            ("u:t", "u", "t", [], false), ("u", "u", nil, [], false), (":t:", nil, "t", [], false),
            ("u::ADMIN", "u", nil, ["admin"], true), ("u%3At%3Aa%2Cb", "u", "t", ["a", "b"], false),
        ] as [(String, String?, String?, [String], Bool)])
    func fakeTokens(token: String, user: String?, project: String?, roles: [String], isAdmin: Bool) throws {
        let caller = try FakeAuth(options: ImageAPIOptions()).caller(token: token)
        #expect(caller == Caller(userID: user, projectID: project, roles: roles, isAdmin: isAdmin))
    }

    @Test(arguments: [nil, "", ":", "::", "a:b:c:d"])
    func otherTokensAreNone(token: String?) throws {
        var options = ImageAPIOptions()
        #expect(throws: APIError.unauthorized) { try FakeAuth(options: options).caller(token: token) }
        options.allowsAnonymous = true
        let caller = try FakeAuth(options: options).caller(token: token)
        #expect(caller.isReadOnly && !caller.isAdmin && caller.owner == nil)
    }

    @Test func trustedHeadersNameTheCaller() throws {
        let strategy = TrustedAuth(options: ImageAPIOptions())
        let head = try requestHead(
            "X-Identity-Status: Confirmed", "X-User-Id: u", "X-Tenant-Id: t", "X-Roles: Member, ADMIN")
        #expect(
            try strategy.caller(fields: head.fields)
                == Caller(userID: "u", projectID: "t", roles: ["member", "admin"], isAdmin: true))
        let project = try requestHead("X-Identity-Status: Confirmed", "X-Project-Id: p")
        #expect(try strategy.caller(fields: project.fields).projectID == "p")
    }

    @Test func unconfirmedHeadersAreNone() throws {
        let strategy = TrustedAuth(options: ImageAPIOptions())
        for lines in [["X-Roles: admin"], ["X-Identity-Status: Invalid", "X-Roles: admin", "X-Tenant-Id: t"]] {
            let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) })
            #expect(throws: APIError.unauthorized) { try strategy.caller(fields: head.fields) }
        }
    }

    @Test func theOwnerMayBeTheUser() throws {
        var options = ImageAPIOptions()
        options.ownerIsTenant = false
        let caller = try FakeAuth(options: options).caller(token: "u:t:r")
        #expect(caller.owner == "u")
        #expect(caller.viewer == Viewer(projectID: "u", isAdmin: false))
    }

    @Test func theAdminRoleHasItsOption() throws {
        var options = ImageAPIOptions()
        options.adminRole = "boss"
        #expect(try FakeAuth(options: options).caller(token: "u:t:Boss").isAdmin)
        #expect(try !FakeAuth(options: options).caller(token: "u:t:admin").isAdmin)
    }

    @Test(
        arguments: [
            ("", .none), ("noauth", .none), ("caching", .none), ("cachemanagement", .none), ("fakeauth", .fakeAuth),
            ("fakeauth+caching", .fakeAuth), ("trusted-auth", .trustedAuth),
            ("trusted-auth+cachemanagement", .trustedAuth), ("local", .local), ("local+caching", .local),
            ("keystone", .keystone), ("keystone+cachemanagement", .keystone),
        ] as [(String, IdentityFlavor.Source)])
    func flavors(text: String, source: IdentityFlavor.Source) throws {
        #expect(try IdentityFlavor(text).source == source)
    }

    @Test(arguments: ["kerberos", "bogus", "fakeauth+trusted-auth"])
    func otherFlavorsAreRefused(text: String) {
        #expect(throws: UnknownFlavor(flavor: text)) { try IdentityFlavor(text) }
    }
}

@Suite struct RequestIDTests {
    @Test(
        arguments: [
            (nil, nil), ("", nil), ("abc", "req-abc"), ("req-x", "req-x"), ("a b\u{7F}ü<c>", "req-abc"), ("<>", nil),
        ] as [(String?, String?)])
    func inboundIDs(inbound: String?, adopted: String?) throws {
        #expect(try RequestID.adopted(inbound, lengthMax: 64) == adopted)
    }

    @Test func longOnesAreRefused() throws {
        let long = String(repeating: "a", count: 65)
        #expect(throws: APIError.requestIDTooLong(max: 64)) { try RequestID.adopted(long, lengthMax: 64) }
        #expect(try RequestID.adopted(String(long.dropLast()), lengthMax: 64) == "req-" + long.dropLast())
        #expect(try RequestID.adopted(long, lengthMax: 0) == "req-" + long)
    }

    @Test func newOnesAreDistinct() {
        let ids = (0..<100).map { _ in RequestID.random() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.hasPrefix("req-") && ImageID.isValid(String($0.dropFirst(4))) })
    }
}
