extension APISettings {
    /// `[identity]`: the embedded identity, which the flavor `local` asks. All of it is ours.
    public struct Identity: Sendable {
        /// Seconds that a token counts. An upload may last longer than the token that it came with.
        @Setting("identity", "token_expiration_seconds", .seconds(1...31_536_000), default: 14_400)
        public var tokenSeconds: Int

        /// The name of the region in the catalogue.
        @Setting("identity", "region_name", .word, default: "RegionOne")
        public var region: String

        /// Every option with its default.
        public init() {}
    }
}
