import ImageModel
import JSONText
import Testing

@testable import Registry

/// Who is let in, and how errors look.
@Suite struct PikeFrontTests {
    @Test(arguments: ["/", "/images", "/rpc", "/operations/ping", "/nothing"])
    func nothingIsAnsweredWithoutTheSecret(_ path: String) async throws {
        try await PikeServer.run { pike async throws in
            for method in ["GET", "POST"] {
                #expect(try await pike.send(method, path, [:], showsSecret: false).status == 401)
                let wrong = try await pike.send(
                    method, path, [:], fields: [("X-Registry-Secret", "b secret")], showsSecret: false)
                #expect(wrong.status == 401)
            }
            #expect(try await pike.send("GET", "/healthcheck", as: nil, showsSecret: false).text == "OK")
        }
    }

    @Test func operationsGoOnBesideIt() async throws {
        try await PikeServer.run { pike async throws in
            let ping = try await pike.send("POST", "/operations/ping", as: nil)
            #expect(ping.status == 200 && ping.text == "{}")
            #expect(try await pike.send("GET", "/operations/ping").status == 404)
        }
    }

    @Test func identityIsNeededForEveryPath() async throws {
        try await PikeServer.run { pike async throws in
            for path in ["/images", "/nothing"] {
                #expect(try await pike.send("GET", path, as: nil).status == 401)
            }
            let unconfirmed = try await pike.send(
                "GET", "/images", as: nil, fields: [("X-Identity-Status", "Invalid"), ("X-Tenant-Id", "tenant")])
            #expect(unconfirmed.status == 401)
        }
    }

    @Test func anonymousReadersChangeNothing() async throws {
        var options = PikeOptions.trusting
        options.allowsAnonymous = true
        try await PikeServer.run(options) { pike async throws in
            let image = try pike.test.create(visibility: .public)
            #expect(try await pike.send("GET", "/images/\(image.id)", as: nil).status == 200)
            let path = "/images/\(image.id)"
            for (method, path) in [
                ("POST", "/images"), ("PUT", path), ("DELETE", path), ("PUT", path + "/members"),
                ("PUT", path + "/members/a"), ("DELETE", path + "/members/a"),
            ] {
                #expect(try await pike.send(method, path, ["image": [:]], as: nil).status == 403)
            }
            let command: JSONValue = ["command": .string("image_destroy"), "kwargs": ["image_id": .string(image.id)]]
            let result = try await pike.send("POST", "/rpc", .array([command]), as: nil)
            #expect(try result.json.array?.first?["_error"]?["cls"] == .string("glance.common.exception.Forbidden"))
            #expect(try pike.test.get(image.id) == image)
        }
    }

    @Test func withoutAFlavorEverybodyIsAdmin() async throws {
        try await PikeServer.run(PikeOptions()) { pike async throws in
            let image = try pike.test.create(visibility: .private)
            // Headers say nothing here.
            #expect(try await pike.send("GET", "/images/\(image.id)", as: .stranger).status == 200)
            let made = try await pike.send("POST", "/images", ["image": [:]], as: .stranger)
            #expect(try made.json["image"]?["owner"] == .null)
        }
    }

    @Test func whereTokensAreAnothersMatterNobodyIsAnswered() async throws {
        var options = PikeOptions()
        options.identity = .nobody
        options.allowsAnonymous = true
        try await PikeServer.run(options) { pike async throws in
            #expect(try await pike.send("GET", "/images", as: .admin).status == 401)
            let token = try await pike.send("GET", "/images", as: nil, fields: [("X-Auth-Token", "u:t:admin")])
            #expect(token.status == 401)
            #expect(try await pike.send("POST", "/operations/ping", as: nil).status == 200)
        }
    }

    @Test func fakeTokensAreIdentities() async throws {
        var options = PikeOptions()
        options.identity = .fakeAuth
        try await PikeServer.run(options) { pike async throws in
            let image = try pike.test.create(visibility: .private)
            func status(_ token: String) async throws -> Int {
                try await pike.send("GET", "/images/\(image.id)", as: .admin, fields: [("X-Auth-Token", token)]).status
            }
            #expect(try await status("u:tenant:member") == 200)
            #expect(try await status("u:other:member") == 404)
            #expect(try await status("u:other:member,Admin") == 200)
            #expect(try await status("") == 401)
            #expect(try await status("a:b:c:d") == 401)
        }
    }

    @Test func ownersMayBeUsers() async throws {
        var options = PikeOptions.trusting
        options.ownerIsTenant = false
        try await PikeServer.run(options) { pike async throws in
            let made = try await pike.send("POST", "/images", ["image": [:]])
            #expect(try made.json["image"]?["owner"] == .string("u"))
        }
    }

    @Test(arguments: [
        ("application/json", "application/json", #""code":"404 Not Found""#),
        ("*/*", "text/html; charset=UTF-8", "<title>404 Not Found</title>"),
        ("text/plain", "text/plain; charset=UTF-8", "404 Not Found\n\n"),
    ])
    func errorsFollowAccept(_ accept: String, _ type: String, _ piece: String) async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send("GET", "/images/x", fields: [("Accept", accept)])
            #expect(answer.status == 404)
            #expect(answer.fields["content-type"] == type)
            #expect(answer.text.contains(piece))
        }
    }

    @Test func requestIDsComeBack() async throws {
        try await PikeServer.run { pike async throws in
            let named = try await pike.send("GET", "/nothing", fields: [("X-Openstack-Request-ID", "req-abc")])
            #expect(named.fields["x-openstack-request-id"] == "req-abc")
            let unnamed = try await pike.send("GET", "/images")
            #expect(unnamed.fields["x-openstack-request-id"]?.hasPrefix("req-") == true)
        }
    }

    @Test(arguments: [
        ("PATCH", "/images"), ("GET", "/images/"), ("GET", "/v1/images"), ("BREW", "/coffee"),
        ("POST", "/images/detail"), ("GET", "/images/x/y"),
    ])
    func whatIsUnknownIsNotFound(_ method: String, _ path: String) async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send(method, path, as: .admin)
            #expect(answer.status == 404)
        }
    }
}
