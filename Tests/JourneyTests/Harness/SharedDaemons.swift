import FoundationEssentials
import Testing

/// The daemons of a suite, as its tests see them.
struct Site: Sendable {
    @TaskLocal static var shared: Site?

    static var current: Site {
        get throws { try #require(shared, "the suite has no daemons: see .daemons") }
    }

    let port: UInt16
    let registryPort: UInt16
    let folder: String

    /// A caller in a project of that name.
    func client(_ project: String, role: String = "member") -> Client {
        Client(port: port, token: "u:\(project):\(role)")
    }

    /// A caller in a project that nobody has used before.
    func newProject(role: String = "member") -> Client { client(Site.newID(), role: role) }

    /// A caller without identity.
    var nobody: Client { Client(port: port, token: "") }

    static func newID() -> String {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        return Sample.id(&generator)
    }

    /// Expects that soon no byte of the image is in the store.
    func expectNoData(of id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        func files() throws -> [String] {
            let blobs = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/images")
            let staged = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/images/.staging")
            return (blobs + staged).filter { $0.hasPrefix(id) }
        }
        _ = try eventually { try files().isEmpty }
        #expect(try files() == [], sourceLocation: sourceLocation)
    }
}

/// Starts both daemons once for all tests of a suite, which find them in `Site.current`. Tests that share daemons keep
/// apart by using projects of their own.
struct SharedDaemons: SuiteTrait, TestScoping {
    let options: [Glimpse.Option]
    let registryOverTCP: Bool

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor.shared) {
            let glimpse = try Glimpse(options, registryOverTCP: registryOverTCP)
            let site = Site(port: glimpse.api.port, registryPort: glimpse.registry.port, folder: glimpse.folder.path)
            do {
                try await Site.$shared.withValue(site) { try await function() }
                try glimpse.end()
            } catch {
                glimpse.printLogs()
                throw error
            }
        }
    }
}

extension Trait where Self == SharedDaemons {
    static func daemons(_ options: [Glimpse.Option] = [], registryOverTCP: Bool = false) -> Self {
        SharedDaemons(options: options, registryOverTCP: registryOverTCP)
    }
}
