import Settings
import Testing

@Suite struct InsecureIdentityTests {
    private func problem(flavor: String, host: String, isForced: Bool = false) -> String? {
        var settings = APISettings()
        settings.pasteDeploy.flavor = flavor
        settings.server.bindHost = host
        settings.access.isInsecureIdentityForced = isForced
        return settings.insecureIdentityProblem()
    }

    private static let insecure = [
        "", "noauth", "fakeauth", "trusted-auth", "caching", "cachemanagement", "fakeauth+caching",
        "trusted-auth+cachemanagement", "noauth+caching",
    ]

    @Test(arguments: insecure, ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"])
    func thisMachineIsFine(flavor: String, host: String) {
        #expect(problem(flavor: flavor, host: host) == nil)
    }

    @Test(
        arguments: insecure,
        ["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.example.org", "127.evil", "", "127.1"])
    func anyOtherAddressHasToBeForced(flavor: String, host: String) throws {
        let text = try #require(problem(flavor: flavor, host: host))
        #expect(text.contains("loopback") && text.contains("force_insecure_identity"))
        #expect(problem(flavor: flavor, host: host, isForced: true) == nil)
    }

    @Test(arguments: ["local", "local+caching", "local+cachemanagement"], ["127.0.0.1", "0.0.0.0", "10.0.0.1"])
    func theEmbeddedIdentityListensAnywhere(flavor: String, host: String) {
        #expect(problem(flavor: flavor, host: host) == nil)
    }

    @Test(arguments: ["keystone", "keystone+caching", "keystone+cachemanagement"])
    func keystoneNeedsAServiceUser(flavor: String) throws {
        let text = try #require(problem(flavor: flavor, host: "127.0.0.1", isForced: true))
        #expect(text.contains("[keystone_authtoken] lacks auth_url, username, password, project_name"))
        var settings = APISettings()
        settings.pasteDeploy.flavor = flavor
        settings.keystone.authURL = "http://keystone:5000"
        settings.keystone.username = "glance"
        settings.keystone.password = Secret("hunter2")
        settings.keystone.projectName = "service"
        #expect(settings.insecureIdentityProblem() == nil)
        settings.keystone.authType = "v3token"
        #expect(settings.insecureIdentityProblem()?.contains("auth_type = v3token") == true)
        #expect(!"\(settings)".contains("hunter2"))
    }

    @Test(arguments: [
        "kerberos", "fakeauth+", "fakeauth+x", "caching+fakeauth", "FakeAuth", "fakeauth+caching+caching", "+",
    ])
    func unknownFlavorListsTheKnownOnes(flavor: String) throws {
        let text = try #require(problem(flavor: flavor, host: "127.0.0.1", isForced: true))
        #expect(text.contains("(empty), noauth, fakeauth, trusted-auth, keystone"))
    }
}
