import Testing

@testable import Settings

@Suite struct LoadTests {
    private func error<Settings: LoadableSettings>(
        _ settings: Settings.Type, _ text: String, environment: [String: String] = [:]
    ) throws -> (SettingsError, path: String) {
        let file = try TemporaryFile(text)
        let error = try #require(throws: SettingsError.self) {
            try settings.load(files: [file.path], environment: environment)
        }
        return (error, file.path)
    }

    @Test func withoutSourcesEveryOptionHasItsDefault() throws {
        let (api, apiNotices) = try APISettings.load(files: [], environment: [:])
        #expect(apiNotices.isEmpty)
        #expect(api.server.bindHost == "0.0.0.0")
        #expect(api.server.bindPort == 9292)
        #expect(api.registry.host == "127.0.0.1")
        #expect(api.registry.timeoutSeconds == 30)
        #expect(api.quota.imageBytesMax == 1_099_511_627_776)
        #expect(api.quota.ownerBytesMax == nil)
        #expect(api.importFiltering.allowedPorts == [80, 443])
        #expect(api.importFiltering.allowedNetworks == ["public"])
        #expect(api.registrySecretPath == "/var/lib/glance/registry.secret")
        let (registry, _) = try RegistrySettings.load(files: [], environment: [:])
        #expect(registry.server.bindHost == "127.0.0.1")
        #expect(registry.server.bindPort == 9191)
        #expect(registry.database.path == "/var/lib/glance/glance.sqlite")
        #expect(registry.registrySecretPath == "/var/lib/glance/registry.secret")
    }

    @Test func valuesEndUpInTheirStructs() throws {
        let file = try TemporaryFile(
            """
            bind_port = 0
            registry_host = 0.0.0.0
            user_storage_quota = 2GB
            image_member_quota = -1
            client_socket_timeout = 0
            registry_socket = /run/glance/registry.sock
            [glance_store]
            filesystem_store_datadir = /srv/images/
            [import_filtering_opts]
            allowed_ports = *
            allowed_networks = [private,
                192.0.2.0/24]
            [paste_deploy]
            flavor = trusted-auth+cachemanagement
            """)
        let (settings, notices) = try APISettings.load(files: [file.path], environment: [:])
        #expect(notices.isEmpty)
        #expect(settings.server.bindPort == 0)
        #expect(settings.registry.host == "127.0.0.1")
        #expect(settings.registry.socket == "/run/glance/registry.sock")
        #expect(settings.quota.ownerBytesMax == 2 << 30)
        #expect(settings.quota.membersMax == nil)
        #expect(settings.server.clientIdleSeconds == nil)
        #expect(settings.registrySecretPath == "/srv/registry.secret")
        #expect(settings.importFiltering.allowedPorts.isEmpty)
        #expect(settings.importFiltering.allowedNetworks == ["private", "192.0.2.0/24"])
        #expect(settings.pasteDeploy.identity == .trustedAuth)
    }

    @Test func laterSourcesCountBeforeEarlierOnes() throws {
        let first = try TemporaryFile("bind_port = 1\nbacklog = 1\nbind_host = 127.0.0.1\nbind_host = 127.0.0.2")
        let second = try TemporaryFile("bind_port = 2\nbacklog = 2")
        let (settings, notices) = try APISettings.load(
            files: [first.path, second.path], environment: ["OS_DEFAULT__BIND_PORT": "3", "OS_AUTH_URL": "x"])
        #expect(settings.server.bindPort == 3)
        #expect(settings.server.backlog == 2)
        #expect(settings.server.bindHost == "127.0.0.2")
        #expect(notices.isEmpty)
    }

    @Test func newerNameCountsInOneSourceAndOlderNameInALaterOne() throws {
        let first = try TemporaryFile("sql_connection = sqlite:////old\n[database]\nconnection = sqlite:////new")
        let second = try TemporaryFile("sql_connection = sqlite:////later")
        let one = try RegistrySettings.load(files: [first.path], environment: [:])
        #expect(one.settings.database.path == "/new")
        #expect(
            one.notices.map(\.description) == [
                "\(first.path):1: DEFAULT.sql_connection: deprecated: is now database.connection"
            ])
        let both = try RegistrySettings.load(files: [first.path, second.path], environment: [:])
        #expect(both.settings.database.path == "/later")
    }

    @Test func emptyNumberIsTheDefaultAndEmptyBoolIsBad() throws {
        let file = try TemporaryFile("bind_port =\nregistry_secret_file =")
        let (settings, _) = try APISettings.load(files: [file.path], environment: [:])
        #expect(settings.server.bindPort == 9292)
        #expect(settings.registry.secretFile == nil)
        let (error, _) = try error(APISettings.self, "debug =")
        #expect(error.problems.count == 1)
    }

    @Test func everyBadValueIsNamedInOrder() throws {
        let (error, path) = try error(
            APISettings.self,
            """
            [paste_deploy]
            flavor = fakeauth
            [DEFAULT]
            debug = perhaps
            nonsense
            bind_port = 70000
            wrokers = 4
            [import_filtering_opts]
            allowed_networks = public,10.0.0.1/8
            """, environment: ["OS_CORS__ALLOWED_ORIGIN": "[x", "OS_DEFAULT__BACKLOG": "many"])
        #expect(
            error.description == """
                \(path):4: DEFAULT.debug: expected true or false, found "perhaps"
                \(path):5: is neither a [section] nor an option; expected 'key = value'
                \(path):6: DEFAULT.bind_port: expected a whole number from 0 to 65535, found "70000"
                \(path):9: import_filtering_opts.allowed_networks: expected public, private, loopback, or an address \
                block like 10.1.0.0/16 without bits beyond its prefix, found "10.0.0.1/8"
                environment OS_DEFAULT__BACKLOG: DEFAULT.backlog: expected a whole number from 1 to 65535, found "many"
                environment OS_CORS__ALLOWED_ORIGIN: cors.allowed_origin: expected a list with both brackets or none, \
                found "[x"
                """)
        #expect(error.notices.map(\.description) == ["\(path):7: DEFAULT.wrokers: unknown option"])
    }

    @Test func badValueThatIsOverriddenIsNoProblem() throws {
        let file = try TemporaryFile("bind_port = x")
        let (settings, _) = try APISettings.load(
            files: [file.path], environment: ["OS_DEFAULT__BIND_PORT": "5"])
        #expect(settings.server.bindPort == 5)
    }

    @Test func missingFileIsAProblem() throws {
        let error = try #require(throws: SettingsError.self) {
            try APISettings.load(files: ["/nonexistent.conf"], environment: [:])
        }
        #expect(error.description == "/nonexistent.conf: cannot be opened: No such file or directory")
    }

    @Test func messagesStayOnOneLine() throws {
        let (error, _) = try error(APISettings.self, "bind_port = 1\n 2\u{2028}\u{202E}")
        #expect(error.problems[0].description.hasSuffix(#"found "1\n2\u{2028}\u{202E}""#))
    }

    @Test(arguments: [
        ("workers = 4", "DEFAULT.workers: ignored: event loops serve in one process; see http_threads"),
        ("[database]\nconnection = mysql://u:p@h/d", "database.connection: ignored: an option of glance-registry"),
        ("[database]\nmax_pool_size = 4", "database.max_pool_size: ignored: SQLite needs no tuning here"),
        ("[profiler]\nenabled = x", "profiler.enabled: ignored: this section has no meaning here"),
        ("bind_prot = 1", "DEFAULT.bind_prot: unknown option"),
        ("Bind_Port = 1", "DEFAULT.Bind_Port: unknown option"),
        ("log_fle = x", "DEFAULT.log_fle: unknown option"),
        ("[glance_store]\nfilesystem_store_datdir = /x", "glance_store.filesystem_store_datdir: unknown option"),
        ("[database]\nconection = x", "database.conection: unknown option"),
        ("flavor = fakeauth", "DEFAULT.flavor: unknown option: there is one of that name in [paste_deploy]"),
        (
            "[paste_deply]\nflavor = x",
            "paste_deply.flavor: unknown option: there is one of that name in [paste_deploy]"
        ),
        (
            "filesystem_store_datadir = /x",
            "DEFAULT.filesystem_store_datadir: deprecated: is now glance_store.filesystem_store_datadir"
        ),
    ])
    func notices(text: String, expected: String) throws {
        let file = try TemporaryFile(text)
        let (_, notices) = try APISettings.load(files: [file.path], environment: [:])
        let line = text.split(separator: "\n").count
        #expect(notices.map(\.description) == ["\(file.path):\(line): \(expected)"])
    }

    @Test func variablesOfOtherSoftwareAreNotMentioned() throws {
        let (_, notices) = try APISettings.load(
            files: [],
            environment: ["OS_NOVA__X": "1", "OS_DEFAULT__BIND_PROT": "1", "OS_DEFAULT__WORKERS": "1", "PATH": "/bin"])
        #expect(
            notices.map(\.description).map { $0.prefix(while: { $0 != ":" }) } == [
                "environment OS_DEFAULT__BIND_PROT", "environment OS_DEFAULT__WORKERS",
            ])
    }

    @Test func checkFailsOnBadAndUnknownOnly() throws {
        let good = try TemporaryFile("bind_host = ::1\nworkers = 1")
        let check = SettingsCheck(APISettings.self, files: [good.path], environment: [:])
        #expect(check.isPassed)
        #expect(check.lines.count == 1)

        let unknown = try TemporaryFile("bind_host = ::1\nwrokers = 1")
        #expect(!SettingsCheck(APISettings.self, files: [unknown.path], environment: [:]).isPassed)

        let bad = try TemporaryFile("bind_port = x\nworkers = 1\nwrokers = 1")
        let lines = SettingsCheck(APISettings.self, files: [bad.path], environment: [:])
        #expect(!lines.isPassed)
        #expect(lines.lines.count == 3)

        // Each value is good, but the daemon would not listen: nobody is identified, and all interfaces are meant.
        #expect(!SettingsCheck(APISettings.self, files: [], environment: [:]).isPassed)
        #expect(SettingsCheck(RegistrySettings.self, files: [], environment: [:]).isPassed)
    }

    @Test func defaultFileIsTheFirstThatExists() {
        let home = ["HOME": "/home/u"]
        #expect(APISettings.defaultFiles(environment: home) { _ in true } == ["/home/u/.glance/glance-api.conf"])
        #expect(
            RegistrySettings.defaultFiles(environment: [:]) { $0.hasPrefix("/etc/") }
                == ["/etc/glance/glance-registry.conf"])
        #expect(APISettings.defaultFiles(environment: home) { _ in false }.isEmpty)
    }

    @Test func importPluginsAreKnownByTheirNames() throws {
        let file = try TemporaryFile(
            """
            [image_import_opts]
            image_import_plugins = [no_op, image_decompression,image_conversion, inject_image_metadata]
            [image_conversion]
            output_format = qcow2
            [inject_metadata_properties]
            ignore_user_roles = admin,operator
            inject = "os_type":"linux", url : http://h/x, list:a,b
            [paste_deploy]
            flavor = local
            """)
        let (settings, notices) = try APISettings.load(files: [file.path], environment: [:])
        #expect(notices.isEmpty)
        let plugins = settings.importPlugins
        #expect(plugins.names == ["no_op", "image_decompression", "image_conversion", "inject_image_metadata"])
        #expect(plugins.outputFormat == "qcow2")
        #expect(plugins.injectedProperties == ["os_type": "linux", "url": "http://h/x", "list": "a,b"])
        #expect(plugins.ignoredRoles == ["admin", "operator"])
        #expect(settings.startProblems == [])
    }

    @Test(arguments: [
        ("[image_import_opts]\nimage_import_plugins = image_conversion,virus_scan", "found \"virus_scan\""),
        ("[image_conversion]\noutput_format = vdi", "found \"vdi\""),
        ("[inject_metadata_properties]\ninject = linux", "NAME:VALUE"),
        ("[inject_metadata_properties]\ninject = a:1,a:2", "each name once"),
        ("[inject_metadata_properties]\ninject = :1", "each name once"),
    ])
    func whatIsNoPluginStopsTheStart(text: String, reason: String) throws {
        let (error, path) = try error(APISettings.self, text)
        #expect("\(error)".contains("\(path):2"), "\(error)")
        #expect("\(error)".contains(reason), "\(error)")
    }

    @Test func glancesOwnNamesCanNotBeInjected() throws {
        let file = try TemporaryFile(
            "[inject_metadata_properties]\ninject = os_glance_import_task:x\n[paste_deploy]\nflavor = local")
        let (settings, _) = try APISettings.load(files: [file.path], environment: [:])
        #expect(settings.startProblems.count == 1)
    }
}
