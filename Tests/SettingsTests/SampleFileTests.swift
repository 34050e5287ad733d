import Testing

@testable import Settings

/// The files in `config/` say what the code does.
@Suite struct SampleFileTests {
    private func path(_ name: String) -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/config/\(name)"
    }

    @Test func samplesStartAsTheyStand() throws {
        let api = SettingsCheck(APISettings.self, files: [path("glance-api.conf")], environment: [:])
        #expect(api.lines.isEmpty)
        #expect(api.isPassed)
        let registry = SettingsCheck(RegistrySettings.self, files: [path("glance-registry.conf")], environment: [:])
        #expect(registry.lines.isEmpty)
        #expect(registry.isPassed)
    }

    @Test func labAllowsPrivateNetworksAndAnyPort() throws {
        let files = [path("glance-api.conf"), path("glance-api-lab.conf")]
        let (settings, notices) = try APISettings.load(files: files, environment: [:])
        #expect(notices.isEmpty)
        #expect(settings.importFiltering.allowedNetworks == ["public", "private"])
        #expect(settings.importFiltering.allowedPorts.isEmpty)
        #expect(settings.insecureIdentityProblem() == nil)
    }

    @Test func sampleShowsEveryOptionOfTheAPIWithItsDefault() throws {
        let examples = [
            "auth_url", "www_authenticate_uri", "username", "password", "user_domain_id", "user_domain_name",
            "project_name", "project_domain_id", "project_domain_name", "cafile", "public_endpoint", "registry_socket",
            "registry_secret_file", "log_file", "config_file", "endpoint_id",
            "endpoint_service_name", "endpoint_service_type", "endpoint_region_name", "system_scope",
        ]
        var shown = try uncommented("glance-api.conf", examples: examples, APISettings.self)
        shown.server.bindHost = "0.0.0.0"
        shown.pasteDeploy = PasteDeploy()
        #expect("\(shown)" == "\(APISettings())")
    }

    @Test func sampleShowsEveryOptionOfTheRegistryWithItsDefault() throws {
        let examples = ["bind_socket", "registry_secret_file", "log_file"]
        let shown = try uncommented("glance-registry.conf", examples: examples, RegistrySettings.self)
        #expect("\(shown)" == "\(RegistrySettings())")
    }

    /// Loads a sample as if every `# option = value` in it had lost its `# `, but for options whose value is an example;
    /// and checks that no option is missing from it.
    private func uncommented<Settings: LoadableSettings>(
        _ name: String, examples: [String], _ settings: Settings.Type
    ) throws -> Settings {
        var lines: [String] = []
        var section = "DEFAULT"
        var seen: Set<OptionName> = []
        for line in try textOfFile(at: path(name)).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("["), line.hasSuffix("]") { section = String(line.dropFirst().dropLast()) }
            let words = (line.hasPrefix("# ") ? line.dropFirst(2) : line).split(separator: " ")
            guard words.count >= 2, words[1] == "=" else {
                lines.append(String(line))
                continue
            }
            seen.insert(OptionName(section, String(words[0])))
            lines.append(examples.contains(String(words[0])) ? "" : String(line.drop { $0 == "#" || $0 == " " }))
        }
        let current = Set(Settings.options.values)
        #expect(current.subtracting(seen).isEmpty)
        #expect(seen.subtracting(current).isEmpty)
        let file = try TemporaryFile(lines.joined(separator: "\n"))
        let loaded = try settings.load(files: [file.path], environment: [:])
        #expect(loaded.notices.isEmpty)
        return loaded.settings
    }
}
