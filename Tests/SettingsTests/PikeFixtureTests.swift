import Testing

@testable import Settings

/// A whole installation as Pike had it, with the paste files beside: it is read with notices only.
@Suite struct PikeFixtureTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures/pike"

    private func loaded<Settings: LoadableSettings>(
        _ settings: Settings.Type
    ) throws -> (settings: Settings, notices: [SettingsNotice]) {
        let file = "\(Self.folder)/\(settings.daemon).conf"
        let loaded = try settings.load(files: [file], environment: [:])
        #expect(loaded.settings.startProblems == [])
        #expect(loaded.notices.filter { $0.kind == .unknown }.map(\.description) == [])
        #expect(!loaded.notices.map(\.description).joined().contains("s3cr3t"))
        let places = loaded.notices.map(\.origin)
        #expect(Set(places).count == places.count)
        return loaded
    }

    @Test func apiStarts() throws {
        let (settings, notices) = try loaded(APISettings.self)
        #expect(settings.pasteDeploy.identity == .noauth)
        #expect(settings.registry.host == "127.0.0.1")
        #expect(settings.registry.timeoutSeconds == 600)
        #expect(settings.glanceStore.filesystemStoreDatadir == "/var/lib/glance/images/")
        #expect(settings.registrySecretPath == "/var/lib/glance/registry.secret")
        #expect(settings.log.path(daemon: "glance-api") == "/var/log/glance/api.log")
        #expect(settings.quota.ownerBytesMax == 2 << 40)
        #expect(settings.quota.membersMax == 64)
        #expect(settings.cors.allowedOrigins == ["https://horizon.example.org"])
        let ignored = Set(notices.filter { $0.kind == .ignored }.map(\.name.description))
        for name in [
            "DEFAULT.notifier_strategy", "keystone_authtoken.memcached_servers", "database.connection", "task.work_dir",
        ] {
            #expect(ignored.contains(name))
        }
    }

    @Test func registryStarts() throws {
        let (settings, notices) = try loaded(RegistrySettings.self)
        #expect(settings.database.path == "/var/lib/glance/glance.sqlite")
        #expect(settings.registrySecretPath == "/var/lib/glance/registry.secret")
        #expect(settings.log.path(daemon: "glance-registry") == "/var/log/glance/registry.log")
        #expect(settings.identity != nil)
        #expect(!notices.contains { $0.name.description == "paste_deploy.flavor" })
    }

    @Test func glanceManageFindsTheDatabaseOfTheRegistry() throws {
        let (settings, _) = try ManageSettings.load(
            files: ["glance-api", "glance-registry"].map { "\(Self.folder)/\($0).conf" }, environment: [:])
        #expect(settings.database.path == "/var/lib/glance/glance.sqlite")
    }

    @Test(arguments: [
        ("", IdentityFlavor.noauth, false),
        ("caching", .noauth, false),
        ("cachemanagement", .noauth, true),
        ("keystone", .keystone, false),
        ("keystone+cachemanagement", .keystone, true),
        ("trusted-auth", .trustedAuth, false),
        ("trusted-auth+cachemanagement", .trustedAuth, true),
        ("fakeauth", .fakeauth, false),
        ("gateway", .trustedAuth, true),
        ("tokens", .keystone, false),
        ("open", .noauth, false),
        ("mounted", .fakeauth, false),
    ])
    func flavorMeansWhatItsFiltersMean(flavor: String, identity: IdentityFlavor, isCacheManaged: Bool) throws {
        let settings = try withPaste(flavor: flavor, try pasteText()).settings
        #expect(settings.pasteDeploy.identity == identity)
        #expect(settings.pasteDeploy.isCacheManaged == isCacheManaged)
    }

    @Test(arguments: [
        ("kerberos", "who a caller is depends on filters that are not known here: krb5"),
        ("naked", "no filter says who a caller is"),
    ])
    func filtersThatTellNothingStopTheStart(flavor: String, reason: String) throws {
        let text = try pasteText()
        let line = try #require(
            text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(
                of: "[pipeline:glance-api-\(flavor)]"))
        let error = try #require(throws: SettingsError.self) { try withPaste(flavor: flavor, text) }
        #expect(error.problems.count == 1)
        #expect(
            error.problems[0].description.hasSuffix(
                "/glance-api-paste.ini:\(line + 2): pipeline:glance-api-\(flavor).pipeline: \(reason)"))
    }

    @Test func filterThatIsNotKnownIsNamed() throws {
        let notices = try withPaste(flavor: "open", try pasteText()).notices
        #expect(notices.map(\.text) == ["filters that are not known here: statsd"])
    }

    @Test func emptyFlavorWithTokensInItsPipelineIsNotOpen() throws {
        let paste = "[pipeline:glance-api]\npipeline = versionnegotiation authtoken context rootapp\n"
        let loaded = try withPaste(flavor: "", paste)
        #expect(loaded.settings.pasteDeploy.identity == .keystone)
        let problem = try #require(loaded.settings.insecureIdentityProblem())
        #expect(problem.contains(".conf:2: [paste_deploy] flavor = \"\" (keystone by "))
        #expect(problem.contains("glance-api-paste.ini:2)"))
        #expect(problem.contains("[keystone_authtoken] lacks"))
    }

    @Test func wordCountsMoreThanThePipelineOfItsName() throws {
        let paste = "[pipeline:glance-api-keystone]\npipeline = unauthenticated-context rootapp\n"
        let loaded = try withPaste(flavor: "keystone", paste)
        #expect(loaded.settings.pasteDeploy.identity == .keystone)
        #expect(loaded.notices.map(\.text) == ["flavor = keystone means keystone here, whatever the filters"])
    }

    @Test func factoryCountsMoreThanTheNameOfItsFilter() throws {
        let paste = """
            [pipeline:glance-api-site]
            pipeline = context rootapp
            [filter:context]
            paste.filter_factory = site.identity:factory
            """
        #expect(throws: SettingsError.self) { try withPaste(flavor: "site", paste) }
    }

    @Test func flavorWithoutPipelineIsNamedWithFileAndLine() throws {
        let settings = try withPaste(flavor: "nonesuch", try pasteText()).settings
        let problem = try #require(settings.startProblems.first)
        #expect(problem.contains(".conf:2: [paste_deploy] flavor = \"nonesuch\" is not known"))
    }

    @Test func malformedPasteFileIsNamedWithFileAndLine() throws {
        let error = try #require(throws: SettingsError.self) {
            try withPaste(flavor: "fakeauth", "[pipeline:glance-api]\npipeline = a b\n[filter:a\n")
        }
        #expect(error.problems.count == 1)
        #expect(
            error.problems[0].description.hasSuffix(
                "/glance-api-paste.ini:3: begins a section without a closing ']'"))
    }

    @Test func pasteFileMayLieElsewhereOrBeMissing() throws {
        let paste = try TemporaryFile("[pipeline:glance-api-x]\npipeline = fakeauth app")
        let conf = try TemporaryFile("[paste_deploy]\nflavor = x\nconfig_file = \(paste.path)")
        let (settings, notices) = try APISettings.load(files: [conf.path], environment: [:])
        #expect(settings.pasteDeploy.identity == .fakeauth)
        #expect(notices.isEmpty)
        let missing = try TemporaryFile("[paste_deploy]\nflavor = fakeauth\nconfig_file = /nonexistent/paste.ini")
        #expect(
            try APISettings.load(files: [missing.path], environment: [:]).settings.pasteDeploy.identity == .fakeauth)
    }

    private func pasteText() throws -> String {
        try textOfFile(at: "\(Self.folder)/glance-api-paste.ini")
    }

    /// Loads a configuration of a flavor alone, with a paste file beside it.
    private func withPaste(
        flavor: String, _ paste: String
    ) throws -> (settings: APISettings, notices: [SettingsNotice]) {
        let folder = try TemporaryFolder()
        let conf = try folder.write("[paste_deploy]\nflavor = \(flavor)\n", to: "glance-api.conf")
        _ = try folder.write(paste, to: "glance-api-paste.ini")
        return try APISettings.load(files: [conf], environment: [:])
    }
}
