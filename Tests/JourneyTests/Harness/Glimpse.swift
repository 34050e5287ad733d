import FoundationEssentials
import Glibc
import Testing

/// Both daemons, wired to each other, with their data in a temporary folder.
final class Glimpse {
    /// One line of glance-api's configuration. `{folder}` in a value is the folder with all data.
    struct Option {
        let section: String
        let name: String
        let value: String

        init(_ section: String, _ name: String, _ value: String) {
            self.section = section
            self.name = name
            self.value = value
        }

        /// What a journey with a local web server needs.
        static let copiesFromLoopback = [
            Option("import_filtering_opts", "allowed_networks", "public,private,loopback"),
            Option("import_filtering_opts", "allowed_ports", "*"),
        ]
    }

    let folder: TemporaryFolder
    let registry: Daemon
    let api: Daemon
    var imagesPath: String { "\(folder.path)/images" }
    var secretPath: String { "\(folder.path)/registry.secret" }

    /// Starts both.
    ///
    /// - Parameters:
    ///   - registryOverTCP: the way between the daemons: a TCP port, or a unix socket.
    ///   - apiLauncher: see `Daemon`.
    init(_ options: [Option] = [], registryOverTCP: Bool = false, apiLauncher: [String] = []) throws {
        folder = try TemporaryFolder()
        let path = folder.path
        let socket = "\(path)/registry.sock"
        let registryFile = try folder.write(
            """
            [DEFAULT]
            \(registryOverTCP ? "bind_port = 0" : "bind_socket = \(socket)")
            registry_secret_file = \(path)/registry.secret
            [database]
            connection = sqlite:///\(path)/glance.sqlite

            """, to: "glance-registry.conf")
        registry = try Daemon("glance-registry", configuration: registryFile, folder: folder)
        try registry.start()

        let way = registryOverTCP ? "registry_port = \(registry.port)" : "registry_socket = \(socket)"
        var apiText = """
            [DEFAULT]
            bind_host = 127.0.0.1
            bind_port = 0
            \(way)
            registry_secret_file = \(path)/registry.secret
            [glance_store]
            filesystem_store_datadir = \(path)/images
            [paste_deploy]
            flavor = fakeauth

            """
        for option in options {
            apiText += "[\(option.section)]\n\(option.name) = \(option.value.replacing("{folder}", with: path))\n"
        }
        let apiFile = try folder.write(apiText, to: "glance-api.conf")
        api = try Daemon("glance-api", configuration: apiFile, folder: folder, launcher: apiLauncher)
        try api.start()
    }

    /// A member of the project `lab`.
    var client: Client { Client(port: api.port, token: "me:lab:member") }
    /// A member of another project.
    var stranger: Client { Client(port: api.port, token: "you:other:member") }
    var admin: Client { Client(port: api.port, token: "root:control:admin") }

    /// The blobs in the store, by name.
    func blobs() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: imagesPath)
            .filter { $0 != ".lock" && $0 != ".staging" }.sorted()
    }

    /// The files of uploads that are under way.
    func stagedFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(imagesPath)/.staging").sorted()
    }

    /// Bytes of all unfinished uploads together.
    ///
    /// - Parameter store: the folder of a store, in that of all data.
    func stagedBytes(in store: String = "images") throws -> Int {
        let path = "\(folder.path)/\(store)/.staging"
        return try FileManager.default.contentsOfDirectory(atPath: path).reduce(0) { sum, name in
            var status = stat()
            return stat("\(path)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// Expects that what lies in the folder is soon just that.
    func expectBlobs(_ ids: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        _ = try eventually { try blobs() == ids.sorted() && stagedFiles().isEmpty }
        #expect(try blobs() == ids.sorted(), sourceLocation: sourceLocation)
        #expect(try stagedFiles() == [], sourceLocation: sourceLocation)
    }

    /// Stops both in order, the API first, as an operator would.
    func stop() throws {
        try api.stop()
        try registry.stop()
    }

    /// Ends a journey: the daemons must not have ended by themselves, must stop in order, and no sanitizer may have
    /// anything to say.
    func end() throws {
        for daemon in [api, registry] where daemon.process != nil {
            #expect(daemon.isRunning, "\(daemon.name) has ended: \(daemon.log.suffix(2000))")
        }
        try stop()
        let secret = String(decoding: try contents(of: secretPath).dropLast(), as: UTF8.self)
        for daemon in [api, registry] {
            #expect(daemon.reports == [], "\(daemon.name): \(daemon.log)")
            #expect(!daemon.log.contains(secret), "\(daemon.name) tells the secret")
        }
    }

    func printLogs() {
        for daemon in [api, registry] {
            print("--- end of the log of \(daemon.name):\n\(daemon.log.suffix(4000))")
        }
    }

    /// Both daemons for the length of a journey.
    static func run(
        _ options: [Option] = [], registryOverTCP: Bool = false, apiLauncher: [String] = [],
        _ journey: (Glimpse) throws -> Void
    ) throws {
        let glimpse = try Glimpse(options, registryOverTCP: registryOverTCP, apiLauncher: apiLauncher)
        do {
            try journey(glimpse)
            try glimpse.end()
        } catch {
            glimpse.printLogs()
            throw error
        }
    }
}
