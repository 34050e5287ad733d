extension APISettings {
    /// `[DEFAULT]`: what is shown of images, and how they are deleted.
    public struct Images: Sendable {
        /// Images on a page when the client does not say.
        @Setting("DEFAULT", "limit_param_default", .int(1...1_000_000), default: 25)
        public var pageSizeDefault: Int

        /// Images on a page at most.
        @Setting("DEFAULT", "api_limit_max", .int(1...1_000_000), default: 1000)
        public var pageSizeMax: Int

        /// Show `direct_url` (v2).
        @Setting("DEFAULT", "show_image_direct_url", .bool, default: false)
        public var isDirectURLShown: Bool

        /// Show and accept `locations` (v2).
        @Setting("DEFAULT", "show_multiple_locations", .bool, default: false)
        public var areLocationsShown: Bool

        /// Keep the data of a deleted image for a while, as `pending_delete`.
        @Setting("DEFAULT", "delayed_delete", .bool, default: false)
        public var isDeleteDelayed: Bool

        /// Seconds that a delayed delete waits.
        @Setting("DEFAULT", "scrub_time", .seconds(), default: 0)
        public var scrubSeconds: Int

        /// Seconds between two looks for delayed deletes whose time has come.
        @Setting("DEFAULT", "wakeup_time", .seconds(1...86400), default: 300)
        public var scrubPauseSeconds: Int

        /// Every option with its default.
        public init() {}
    }

    /// `[DEFAULT]` and `[quota]`: how much a tenant and an image may have; nil is without limit.
    public struct Quota: Sendable {
        /// Bytes of the largest image.
        @Setting("DEFAULT", "image_size_cap", .bytes(1...(.max)), default: 1_099_511_627_776)
        public var imageBytesMax: Int64

        /// Bytes of all images of an owner. 0 is without limit (nil).
        @Setting("DEFAULT", "user_storage_quota", .bytesOrZero, default: nil)
        public var ownerBytesMax: Int64?

        /// Properties of an image. Negative is without limit (nil), as for the next three.
        @Setting("DEFAULT", "image_property_quota", .limitOrNegative, default: 128)
        public var propertiesMax: Int?

        /// Members of an image.
        @Setting("DEFAULT", "image_member_quota", .limitOrNegative, default: 128)
        public var membersMax: Int?

        /// Tags of an image (v2).
        @Setting("DEFAULT", "image_tag_quota", .limitOrNegative, default: 128)
        public var tagsMax: Int?

        /// Locations of an image (v2).
        @Setting("DEFAULT", "image_location_quota", .limitOrNegative, default: 10)
        public var locationsMax: Int?

        /// Images of a tenant. -1 is without limit, as for the next three.
        @Setting("quota", "image_count_total", .int(-1...tenantLimitMax), default: -1)
        public var imagesMax: Int

        /// MiB of a tenant's images.
        @Setting("quota", "image_size_total", .int(-1...tenantLimitMax), default: -1)
        public var storedMebibytesMax: Int

        /// MiB of a tenant that wait to be imported (v2).
        @Setting("quota", "image_stage_total", .int(-1...tenantLimitMax), default: -1)
        public var stagedMebibytesMax: Int

        /// Uploads of a tenant that run at one time.
        @Setting("quota", "image_count_uploading", .int(-1...tenantLimitMax), default: -1)
        public var uploadsMax: Int

        /// Every option with its default.
        public init() {}
    }

    /// `[image_format]`.
    public struct ImageFormat: Sendable {
        /// The values that `disk_format` may have.
        @Setting(
            "image_format", "disk_formats", .list(of: .word),
            default: ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"],
            aliases: [("DEFAULT", "disk_formats")])
        public var diskFormats: [String]

        /// The values that `container_format` may have.
        @Setting(
            "image_format", "container_formats", .list(of: .word),
            default: ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"],
            aliases: [("DEFAULT", "container_formats")])
        public var containerFormats: [String]

        /// Whether v2 refuses data that are not what `disk_format` says.
        @Setting("image_format", "require_image_format_match", .bool, default: true)
        public var isMatchRequired: Bool

        /// The checks of a partition table that an image may fail, as v2's data: `mbr`.
        @Setting("image_format", "gpt_safety_checks_nonfatal", .list(of: .word), default: [])
        public var gptChecksNonfatal: [String]

        /// Every option with its default.
        public init() {}
    }

    /// `[glance_store]`.
    public struct GlanceStore: Sendable {
        /// Glance's enabled drivers; only `file` keeps images here, and `http` serves copy_from.
        @Setting(
            "glance_store", "stores", .list(of: .word), default: ["file", "http"],
            aliases: [("DEFAULT", "stores"), ("DEFAULT", "known_stores"), ("glance_store", "known_stores")])
        public var stores: [String]

        /// Where uploads go. There is one store, `file`.
        @Setting(
            "glance_store", "default_store", .choice(["file", "filesystem"]), default: "file",
            aliases: [("DEFAULT", "default_store")])
        public var defaultStore: String

        /// The folder of the images.
        @Setting(
            "glance_store", "filesystem_store_datadir", .absolutePath, default: "/var/lib/glance/images",
            aliases: [("DEFAULT", "filesystem_store_datadir")])
        public var filesystemStoreDatadir: String

        /// Every option with its default.
        public init() {}
    }
}

/// As many MiB are still a number of bytes.
private let tenantLimitMax = 1 << 42
