extension APISettings {
    /// What is done with imported data before an image is made of them: `[image_import_opts] image_import_plugins`, and
    /// the sections of the plugins.
    public struct ImportPlugins: Sendable {
        /// Glance's names of the plugins that take part, in the order in which they work.
        @Setting(
            "image_import_opts", "image_import_plugins",
            .list(of: .choice(["no_op", "inject_image_metadata", "image_decompression", "image_conversion"])),
            default: [])
        public var names: [String]

        /// What images are converted to.
        @Setting("image_conversion", "output_format", .choice(["qcow2", "raw", "vmdk"]), default: "raw")
        public var outputFormat: String

        /// The program that converts: a path, or a name that is looked for in /usr/local/bin, /usr/bin and /bin. Ours,
        /// as the next two.
        @Setting("image_conversion", "qemu_img", .word, default: "qemu-img")
        public var qemuImg: String

        /// Seconds that one conversion may take.
        @Setting("image_conversion", "timeout", .seconds(1...604_800), default: 21600)
        public var conversionSecondsMax: Int

        /// Bytes of address space that one conversion may take.
        @Setting("image_conversion", "memory_limit", .bytes((64 << 20)...(1 << 40)), default: 2 << 30)
        public var conversionMemoryBytesMax: Int64

        /// Properties that imported images get.
        @Setting("inject_metadata_properties", "inject", .pairs, default: [:])
        public var injectedProperties: [String: String]

        /// Who has one of these roles imports images without those properties.
        @Setting("inject_metadata_properties", "ignore_user_roles", .list(of: .word), default: ["admin"])
        public var ignoredRoles: [String]

        /// Every option with its default.
        public init() {}

        /// Why the daemon must not start with them; nil when it may.
        var problem: String? {
            for name in injectedProperties.keys.sorted() {
                if name.hasPrefix("os_glance") {
                    return
                        "[inject_metadata_properties] inject: names that begin with os_glance are Glance's own: \(name)"
                }
                if name.utf8.count > 255 {
                    return "[inject_metadata_properties] inject: a name is longer than 255 bytes: \(name.prefix(40))..."
                }
            }
            return nil
        }
    }
}
