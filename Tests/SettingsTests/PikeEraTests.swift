import Testing

@testable import Settings

/// Files as installations up to Pike have them are read with notices only.
@Suite struct PikeEraTests {
    private static let api = """
        # Managed by configuration management
        [DEFAULT]
        verbose = True
        debug = False
        log_file = /var/log/glance/api.log
        use_syslog = False
        backlog = 4096
        workers = 4
        bind_host = 127.0.0.1
        bind_port = 9292
        tcp_keepidle = 600
        default_store = file
        known_stores = glance.store.filesystem.Store,
                       glance.store.http.Store
        filesystem_store_datadir = /srv/glance/images/
        sql_connection = mysql://glance:hunter2@127.0.0.1/glance?charset=utf8
        sql_idle_timeout = 3600
        data_api = glance.db.sqlalchemy.api
        registry_host = 0.0.0.0
        registry_port = 9191
        registry_client_protocol = http
        enable_v1_api = True
        enable_v2_api = True
        enable_v2_registry = False
        notifier_strategy = noop
        notification_driver = messagingv2
        rabbit_host = localhost
        rabbit_password = hunter2
        rpc_backend = rabbit
        delayed_delete = False
        scrub_time = 43200
        scrubber_datadir = /var/lib/glance/scrubber
        image_cache_dir = /var/lib/glance/image-cache/
        image_cache_max_size = 10737418240
        cleanup_scrubber = False
        show_image_direct_url: yes
        admin_role = "admin"
        policy_file = policy.json
        swift_store_auth_address = 127.0.0.1:5000/v2.0/
        swift_store_user = jdoe:jdoe
        s3_store_host = s3.amazonaws.com
        rbd_store_pool = images

        [database]
        connection = mysql+pymysql://glance:hunter2@controller/glance
        max_pool_size = 10

        [glance_store]
        stores = file,http
        rbd_store_chunk_size = 8
        filesystem_store_file_perm = 0

        [image_format]
        disk_formats = ami,ari,aki,vhd,vmdk,raw,qcow2,vdi,iso

        [keystone_authtoken]
        auth_uri = http://controller:5000
        identity_uri = http://controller:35357
        admin_tenant_name = service
        admin_user = glance
        admin_password = hunter2

        [oslo_messaging_notifications]
        driver = noop

        [paste_deploy]
        flavor =
        config_file = glance-api-paste.ini

        [store_type_location_strategy]
        [task]
        task_time_to_live = 48
        """

    private static let registry = """
        bind_host = 0.0.0.0
        bind_port = 9191
        workers = 2
        sql_connection = sqlite:////srv/glance/glance.sqlite
        api_limit_max = 500
        limit_param_default = 20
        admin_role = admin
        owner_is_tenant = True
        log_dir = /var/log/glance
        use_user_token = True
        qpid_hostname = localhost

        [oslo_policy]
        policy_file = policy.json

        [paste_deploy]
        flavor = keystone
        """

    @Test func apiFileIsReadWithNoticesOnly() throws {
        let file = try TemporaryFile(Self.api)
        let (settings, notices) = try APISettings.load(files: [file.path], environment: [:])
        #expect(notices.filter { $0.kind == .unknown }.map(\.description) == [])
        #expect(!notices.map(\.description).joined().contains("hunter2"))
        #expect(SettingsCheck(APISettings.self, files: [file.path], environment: [:]).isPassed)
        #expect(settings.registry.host == "127.0.0.1")
        #expect(settings.glanceStore.filesystemStoreDatadir == "/srv/glance/images/")
        #expect(settings.registrySecretPath == "/srv/glance/registry.secret")
        #expect(settings.images.scrubSeconds == 43200)
        #expect(settings.images.isDirectURLShown)
        #expect(settings.access.adminRole == "admin")
        #expect(settings.log.path(daemon: "glance-api") == "/var/log/glance/api.log")
        #expect(settings.imageFormat.diskFormats.count == 9)

        // Each line is mentioned once, and those that count are not mentioned.
        let mentioned = notices.map(\.name.description)
        #expect(Set(mentioned).count == mentioned.count)
        for name in ["DEFAULT.workers", "DEFAULT.sql_connection", "DEFAULT.data_api", "keystone_authtoken.auth_uri"] {
            #expect(mentioned.contains(name))
        }
        for name in ["DEFAULT.delayed_delete", "DEFAULT.registry_host", "DEFAULT.admin_role", "paste_deploy.flavor"] {
            #expect(!mentioned.contains(name))
        }
    }

    @Test func registryFileIsReadWithNoticesOnly() throws {
        let file = try TemporaryFile(Self.registry)
        let (settings, notices) = try RegistrySettings.load(files: [file.path], environment: [:])
        #expect(notices.filter { $0.kind == .unknown }.map(\.description) == [])
        #expect(settings.database.path == "/srv/glance/glance.sqlite")
        #expect(settings.registrySecretPath == "/srv/glance/registry.secret")
        #expect(settings.lists.pageSizeMax == 500)
        #expect(settings.log.path(daemon: "glance-registry") == "/var/log/glance/glance-registry.log")
        #expect(settings.identity != nil)
        #expect(notices.first { $0.name.option == "sql_connection" }?.kind == .deprecated)
        #expect(notices.first { $0.name.option == "owner_is_tenant" }?.text == "an option of glance-api")
    }

    @Test func registryOnMySQLIsRefusedWithFileAndLine() throws {
        let file = try TemporaryFile("[DEFAULT]\nsql_connection = mysql://glance:hunter2@db/glance")
        let error = try #require(throws: SettingsError.self) {
            try RegistrySettings.load(files: [file.path], environment: [:])
        }
        #expect(
            error.description.hasPrefix("\(file.path):2: DEFAULT.sql_connection: expected sqlite:////absolute/path"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func storeThatIsNotThereIsRefused() throws {
        let file = try TemporaryFile("[glance_store]\ndefault_store = rbd")
        let error = try #require(throws: SettingsError.self) {
            try APISettings.load(files: [file.path], environment: [:])
        }
        #expect(
            error.problems.map(\.description) == [
                "\(file.path):2: glance_store.default_store: expected one of file, filesystem, found \"rbd\""
            ])
    }
}
