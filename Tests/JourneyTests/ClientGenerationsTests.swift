import Glibc
import Testing

extension ClientJourneys {
    /// Every subcommand of v1 with every option, in the generations of python-glanceclient that are still about.
    @Suite struct ClientGenerations {
        /// One that scripts/test has installed, each in a folder of its own.
        enum Generation: String, CaseIterable {
            case today = ""
            case of2019 = "-2.17"
            /// It needs Python 2.7, which few machines still have; see `ReplayedClients` for the others.
            case of2015 = "-0.17"

            var isInstalled: Bool { access(Executables.clientFolder + "\(rawValue)/bin/python", X_OK) == 0 }

            func python() throws -> String { try Executables.client("python", suffix: rawValue) }
        }

        @Test(arguments: [Generation.today, .of2019])
        func everySubcommand(generation: Generation) throws {
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                try Self.everySubcommand(generation, port: glimpse.api.port, folder: glimpse.folder)
                try glimpse.expectBlobs([])
            }
        }

        @Test(.enabled(if: Generation.of2015.isInstalled, "there is no Python 2.7 for python-glanceclient 0.17"))
        func everySubcommandOf2015() throws { try everySubcommand(generation: .of2015) }

        /// Runs Tests/Journeys/every_subcommand.py.
        static func everySubcommand(_ generation: Generation, port: UInt16, folder: TemporaryFolder) throws {
            let data = Sample.bytes(300_000)
            let source = try WebSource(data)
            defer { source.close() }
            let file = try folder.write(data, to: "every.raw")
            let command = try Command(
                generation.python(),
                [
                    "\(Executables.checkout)/Tests/Journeys/every_subcommand.py", "http://127.0.0.1:\(port)",
                    folder.path, file, source.url,
                ], environment: ["HOME": folder.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"],
                seconds: 300)
            #expect(command.isSuccess, "\(generation): \(command.output)\(command.errors)")
        }
    }
}
