extension APISettings {
    /// `[DEFAULT]`: the cache of images, which a store on this machine needs for nothing but its API.
    public struct Cache: Sendable {
        /// The folder of the cache: set, it switches v2's cache API on. Nothing is written there, as the images are at
        /// hand.
        @Setting("DEFAULT", "image_cache_dir", .optional(.absolutePath), default: nil)
        public var folder: String?

        /// How Glance keeps track of the cache; `centralized_db` lets clients ask which nodes have an image.
        @Setting("DEFAULT", "image_cache_driver", .choice(["sqlite", "xattr", "centralized_db"]), default: "sqlite")
        public var driver: String

        /// The URL by which other nodes would reach this one.
        @Setting("DEFAULT", "worker_self_reference_url", .optional(.httpURL), default: nil)
        public var ownURL: String?

        /// Every option with its default.
        public init() {}
    }
}
