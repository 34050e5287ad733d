import Testing

@testable import Settings

/// `enabled_backends` and the sections that it names.
@Suite struct StoreSettingsTests {
    private func text(_ archive: String, defaultName: String = "fast") -> String {
        """
        [DEFAULT]
        enabled_backends = fast:file, archive:file
        [glance_store]
        default_backend = \(defaultName)
        [fast]
        filesystem_store_datadir = /fast
        [archive]
        filesystem_store_datadir = /archive
        \(archive)

        """
    }

    private func load(_ text: String) throws -> APISettings {
        let file = try TemporaryFile(text)
        let (settings, notices) = try APISettings.load(files: [file.path], environment: [:])
        #expect(notices == [])
        #expect(settings.stores.problem == nil)
        return settings
    }

    @Test func aStoreMayBeReadOnly() throws {
        #expect(try load(text("read_only = true")).stores.sections.map(\.isReadOnly) == [false, true])
        #expect(try load(text("read_only = no")).stores.sections.map(\.isReadOnly) == [false, false])
        #expect(try load(text("")).stores.sections.map(\.isReadOnly) == [false, false])
    }

    @Test(arguments: [
        ("read_only = perhaps", "fast", "archive.read_only: expected true or false"),
        ("read_only = true", "archive", "archive.read_only: [glance_store] default_backend is this store"),
    ])
    func refusals(option: String, defaultName: String, reason: String) throws {
        let file = try TemporaryFile(text(option, defaultName: defaultName))
        let error = try #require(throws: SettingsError.self) {
            try APISettings.load(files: [file.path], environment: [:])
        }
        #expect(error.problems.map(\.description).count == 1)
        #expect(error.description.hasPrefix("\(file.path):9: \(reason)"), "\(error)")
    }
}
