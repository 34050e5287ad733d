import Testing

/// One pair of daemons for all tests of a suite, which finds it in `Glimpse.shared`. As `Glimpse.run` does, it expects
/// of them that they have not ended by themselves, stop in order, and that no sanitizer has anything to say.
///
/// The suite must be serialized, and each of its tests has projects of its own: `Glimpse.newProject`.
struct SharedGlimpse: SuiteTrait, TestScoping {
    let options: [Glimpse.Option]
    let registryOverTCP: Bool

    /// Once for the suite, not for each of its tests.
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor.shared) {
            let pair = Pair(try Glimpse(options, registryOverTCP: registryOverTCP))
            do {
                try await Pair.$current.withValue(pair) { try await function() }
                try pair.glimpse.end()
            } catch {
                pair.glimpse.printLogs()
                throw error
            }
        }
    }

    /// Proof: the suite is serialized, so one test at a time has the daemons.
    final class Pair: @unchecked Sendable {
        @TaskLocal static var current: Pair?

        let glimpse: Glimpse

        init(_ glimpse: Glimpse) { self.glimpse = glimpse }
    }
}

extension Trait where Self == SharedGlimpse {
    /// The tests of this suite share a pair of daemons with these options.
    static func sharingDaemons(_ options: [Glimpse.Option] = [], registryOverTCP: Bool = false) -> Self {
        SharedGlimpse(options: options, registryOverTCP: registryOverTCP)
    }
}

extension Glimpse {
    /// The daemons of the suite that runs.
    static var shared: Glimpse {
        get throws { try #require(SharedGlimpse.Pair.current?.glimpse, "the suite shares no daemons") }
    }

    /// A caller in a project of that name.
    func caller(in project: String, role: String = "member") -> Client {
        Client(port: api.port, token: "user:\(project):\(role)")
    }

    /// A caller in a project that nobody else has.
    func newProject(role: String = "member") -> Client { caller(in: Sample.newID(), role: role) }

    /// Nobody: a caller without a token.
    var nobody: Client { Client(port: api.port, token: "") }

    /// Expects that soon no byte of the image is in the store.
    func expectNoData(of id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        func files() throws -> [String] { try (blobs() + stagedFiles()).filter { $0.hasPrefix(id) } }
        _ = try eventually { try files().isEmpty }
        #expect(try files() == [], sourceLocation: sourceLocation)
    }

    /// Changes rows behind the registry's back, which is stopped for that time.
    func changeRows(_ sql: String) throws {
        try registry.stop()
        let command = try Command("sqlite3", ["\(folder.path)/glance.sqlite", sql])
        try #require(command.isSuccess, "\(command.errors)")
        try registry.start()
    }

    /// Reads rows: a line a row, with `|` between the columns.
    func rows(_ sql: String) throws -> [String] {
        let command = try Command("sqlite3", ["\(folder.path)/glance.sqlite", sql])
        try #require(command.isSuccess, "\(command.errors)")
        return command.output.split(separator: "\n").map(String.init)
    }
}

extension Client {
    /// The project of a client whose token names one.
    var project: String { String(token.split(separator: ":", omittingEmptySubsequences: false)[1]) }
}
