/// Options of Glance that have no meaning here, or not yet: a file that has them is not wrong.
///
/// A name that ends in `*` stands for all that begin so; the section `*` for every section. An option that a settings
/// struct declares is never looked up here.
struct IgnoredOptions {
    private let section: String
    private let reason: String
    private let exact: Set<String>
    private let prefixes: [String]

    private init(_ section: String, _ reason: String, _ names: String...) {
        self.section = section
        self.reason = reason
        exact = Set(names.filter { !$0.hasSuffix("*") })
        prefixes = names.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    private static let named: [IgnoredOptions] = [
        .init("DEFAULT", "event loops serve in one process; see http_threads", "workers", "eventlet_*", "backdoor_*"),
        .init("DEFAULT", "the kernel's keep-alive is not used", "tcp_keepidle"),
        .init(
            "DEFAULT", "TLS is not served: put a proxy in front",
            "cert_file", "key_file", "ca_file", "digest_algorithm"),
        .init("DEFAULT", "see [oslo_middleware] enable_proxy_headers_parsing", "secure_proxy_ssl_header"),
        .init(
            "DEFAULT", "the registry has one internal interface",
            "allowed_rpc_exception_modules", "enable_v1_registry", "enable_v2_registry", "data_api", "db_backend",
            "db_auto_create",
            "db_enforce_mysql_charset"),
        .init(
            "DEFAULT", "the daemons trust each other by registry_secret_file",
            "registry_client_protocol", "registry_client_key_file", "registry_client_cert_file",
            "registry_client_ca_file", "registry_client_insecure", "use_user_token", "send_identity_headers",
            "admin_user", "admin_password", "admin_tenant_name", "auth_strategy", "auth_url", "auth_region"),
        .init(
            "DEFAULT", "staged data lie in the store",
            "enable_image_import", "node_staging_uri"),
        .init("DEFAULT", "see [image_import_opts] max_retries", "http_retries"),
        .init("DEFAULT", "custom properties are always allowed", "allow_additional_image_properties"),
        .init("DEFAULT", "policies are read from policy_file alone", "policy_default_rule", "policy_dirs"),
        .init("DEFAULT", "digests are MD5 and SHA-512", "hashing_algorithm", "do_secure_hash"),
        .init(
            "DEFAULT", "an image has one location, which is not encrypted",
            "metadata_encryption_key", "location_strategy"),
        .init(
            "DEFAULT", "glance-api deletes data itself",
            "scrub_pool_size", "scrubber_datadir", "cleanup_scrubber", "cleanup_scrubber_time",
            "daemon", "restore"),
        .init("DEFAULT", "images are served from the store itself", "image_cache_*", "cache_prefetcher_interval"),
        .init(
            "DEFAULT", "there are no notifications",
            "default_publisher_id", "disabled_notifications", "notification_*", "notifier_*", "rabbit_*", "qpid_*",
            "default_notification_level", "list_notifier_drivers", "rpc_*", "transport_url", "control_exchange",
            "conn_pool_*", "executor_thread_pool_size", "fake_rabbit", "kombu_*", "amqp_*", "matchmaker_*", "zmq_*",
            "use_dynamic_connections", "use_pub_sub", "use_router_proxy"),
        .init(
            "DEFAULT", "logs go to standard error or log_file, in one form",
            "verbose", "log_config", "log-config", "log_config_append", "log-config-append", "log_date_format",
            "log-date-format", "log_format", "log-format", "log_options", "log_rotate_interval",
            "log_rotate_interval_type", "log_rotation_type", "logging_*", "use_stderr", "use_syslog", "use-syslog",
            "use_syslog_rfc_format", "syslog_log_facility", "syslog-log-facility", "use_journal", "use_json",
            "use_eventlog", "default_log_levels", "publish_errors", "instance_format", "instance_uuid_format",
            "watch_log_file", "fatal_deprecations", "fatal_exception_format_errors", "rate_limit_*", "max_logfile_*"),
        .init("DEFAULT", "paths are written out", "state_path", "lock_path", "disable_process_locking", "pydev_*"),
        .init("DEFAULT", "there is no such API", "enable_v3_api"),
        .init(
            "DEFAULT", "SQLite needs no tuning here",
            "sql_idle_timeout", "sql_min_pool_size", "sql_max_pool_size", "sql_max_retries", "sql_retry_interval",
            "sql_max_overflow", "use_tpool", "sql_connection_debug", "sql_connection_trace", "sqlite_synchronous"),
        .init(
            "DEFAULT", otherStores,
            "filesystem_store_datadirs", "filesystem_store_metadata_file", "filesystem_store_file_perm",
            "filesystem_store_chunk_size", "filesystem_thin_provisioning", "https_ca_certificates_file",
            "https_insecure", "http_proxy_information"),
        .init(
            "glance_store", otherStores,
            "store_capabilities_update_min_interval", "filesystem_store_datadirs",
            "filesystem_store_metadata_file", "filesystem_store_file_perm", "filesystem_store_chunk_size",
            "filesystem_thin_provisioning", "https_ca_certificates_file", "https_insecure", "http_proxy_information"),
        .init(
            "*", otherStores,
            "swift_*", "default_swift_reference", "rbd_*", "rados_*", "s3_*", "cinder_*", "vmware_*", "sheepdog_*",
            "gridfs_*", "mongodb_*", "store_description", "weight"),
        .init(
            "database", "SQLite needs no tuning here",
            "backend", "slave_connection", "sqlite_synchronous", "synchronous_reader", "mysql_*", "idle_timeout",
            "connection_recycle_time", "connection_debug", "connection_trace", "connection_parameters",
            "min_pool_size", "max_pool_size", "max_overflow", "pool_timeout", "max_retries", "retry_interval",
            "sqlite_db", "use_db_reconnect", "use_tpool", "db_*", "asyncio_connection", "asyncio_slave_connection"),
        .init("keystone_authtoken", "Keystone is asked over HTTP alone", "*"),
        .init("oslo_policy", "policies are read from policy_file alone", "*"),
        // Of the registry alone: the API reads them.
        .init("paste_deploy", "glance-registry answers whoever shows its secret", "config_file"),
        .init(
            "image_format", "the content of images is not inspected yet",
            "vmdk_allowed_types"),
        .init("image_import_opts", "an import goes into one store after the other", "max_parallel_stores"),
        .init(
            "cors", "only allowed_origin is read",
            "allow_credentials", "expose_headers", "max_age", "allow_methods", "allow_headers"),
        .init(
            "healthcheck", "only path and disable_by_file_path are read",
            "backends", "detailed", "disable_by_file_paths", "enable_by_file_paths", "allowed_source_ranges",
            "ignore_proxied_requests"),
        .init(
            "oslo_middleware", "limits are options of [DEFAULT]",
            "max_request_body_size", "secure_proxy_ssl_header", "http_basic_auth_user_file"),
    ]

    private static let otherStores = "images are kept in one folder, filesystem_store_datadir"

    private static let wholeSections = [
        "barbican", "barbican_service_user", "cors.subdomain", "key_manager", "matchmaker_redis", "os_brick",
        "os_glance_staging_store",
        "os_glance_tasks_store", "oslo_concurrency", "oslo_limit", "oslo_messaging_amqp", "oslo_messaging_kafka",
        "oslo_messaging_notifications", "oslo_messaging_rabbit", "oslo_messaging_zmq", "oslo_reports", "profiler",
        "service_user", "store_type_location_strategy", "task", "taskflow_executor", "vault", "wsgi",
    ]

    private static let all = named + wholeSections.map { .init($0, "this section has no meaning here", "*") }

    /// The sections that are named here.
    static let sections = Set(all.map(\.section))

    /// Why an option is ignored; nil when it is not one of Glance's.
    static func reason(for name: OptionName) -> String? {
        all.first { group in
            (group.section == "*" || group.section == name.section)
                && (group.exact.contains(name.option) || group.prefixes.contains { name.option.hasPrefix($0) })
        }?.reason
    }
}
