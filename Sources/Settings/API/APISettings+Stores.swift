extension APISettings {
    /// `[DEFAULT] enabled_backends`: several stores, each with a section of its own.
    public struct Stores: Sendable {
        /// The stores by `name:type`; none: the one store of `[glance_store]`.
        @Setting("DEFAULT", "enabled_backends", .list(of: .storeName), default: [])
        public var names: [StoreName]

        /// The store that data go to which are for none in particular.
        @Setting("glance_store", "default_backend", .optional(.word), default: nil)
        public var defaultName: String?

        /// The sections of `names`, in that order.
        public let sections: [Section]

        /// Every option with its default.
        public init() {
            sections = _names.wrappedValue.map(Section.init)
            reportReadOnlyDefault()
        }

        /// What comes for no store in particular has to go somewhere.
        private func reportReadOnlyDefault() {
            guard let name = defaultName, sections.contains(where: { $0.name.id == name && $0.isReadOnly }) else {
                return
            }
            let option = OptionName(name, "read_only")
            guard let reader = SettingsReader.current, let origin = reader.origin(of: option) else { return }
            reader.report(
                SettingsProblem(
                    origin, name: option, "[glance_store] default_backend is this store: it has to take data"))
        }

        /// What is wrong with these together; nil where nothing is.
        var problem: String? {
            if names.isEmpty { return nil }
            let ids = names.map(\.id)
            guard Set(ids).count == ids.count else { return "enabled_backends names a store twice" }
            guard let defaultName, let target = names.first(where: { $0.id == defaultName }) else {
                return "[glance_store] default_backend has to be one of the stores of enabled_backends"
            }
            guard target.type == "file" else {
                return
                    "[glance_store] default_backend has to be a store of the type file: nothing can be put into another"
            }
            let folders = sections.filter { $0.name.type == "file" }.map(\.folder)
            if folders.contains("") {
                return "each store of the type file needs filesystem_store_datadir in the section of its name"
            }
            guard Set(folders).count == folders.count else {
                return "two stores have the same filesystem_store_datadir"
            }
            return nil
        }
    }

    /// An entry of `enabled_backends`.
    public struct StoreName: Equatable, Sendable {
        /// The name of the store, and of its section.
        public let id: String
        /// `file` or `http`.
        public let type: String
    }

    /// The section of one store.
    public struct Section: Sendable {
        /// Which store it is.
        public let name: StoreName

        /// The folder of its images, of a store of the type `file`; no store has the same as another.
        @Setting public var folder: String

        /// What is said of it to clients.
        @Setting public var text: String?

        /// Of an image's places the one in the heaviest store is read.
        @Setting public var weight: Int

        /// Whether its images are served and nothing is written, of a store of the type `file`.
        @Setting public var isReadOnly: Bool

        init(_ name: StoreName) {
            self.name = name
            _isReadOnly = Setting(name.id, "read_only", .bool, default: false)
            _folder = Setting(name.id, "filesystem_store_datadir", .absolutePath, default: "")
            _text = Setting(name.id, "store_description", .optional(.word), default: nil)
            _weight = Setting(name.id, "weight", .int(-1_000_000...1_000_000), default: 0)
        }
    }
}

extension SettingType where Value == APISettings.StoreName {
    /// `name:type`.
    static var storeName: Self {
        SettingType { text throws(BadValue) in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard parts.count == 2, ["file", "http"].contains(parts[1]), !parts[0].isEmpty,
                !parts[0].hasPrefix("os_glance_"), parts[0] != "DEFAULT"
            else {
                throw BadValue(expected: "name:file or name:http, and no name that begins with os_glance_", found: text)
            }
            return APISettings.StoreName(id: parts[0], type: parts[1])
        }
    }
}
