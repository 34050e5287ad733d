import Testing

extension Journeys {
    /// Today's clients from PyPI on v2, each with every subcommand or call that needs no other service.
    @Suite struct TodaysClients {
        private static let options =
            Glimpse.Option.copiesFromLoopback + [Glimpse.Option("DEFAULT", "show_multiple_locations", "True")]

        /// Runs a script of Tests/Journeys with the API's endpoint, a folder, a file with data, and a URL of the same.
        private static func run(
            _ script: String, _ glimpse: Glimpse, environment more: [String: String] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let data = Sample.bytes(300_000)
            let source = try WebSource(data)
            defer { source.close() }
            let folder = glimpse.folder
            let file = try folder.write(data, to: "disk.raw")
            let environment = ["HOME": folder.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"]
            let command = try Command(
                Executables.client("python"),
                [
                    "\(Executables.checkout)/Tests/Journeys/\(script)", "http://127.0.0.1:\(glimpse.api.port)",
                    folder.path, file, source.url,
                ], environment: environment.merging(more) { $1 }, seconds: 300)
            #expect(command.isSuccess, "\(command.output)\(command.errors)", sourceLocation: sourceLocation)
        }

        @Test func everySubcommandOfGlance() throws {
            try Glimpse.run(Self.options) { glimpse in
                try Self.run("glance_v2.py", glimpse)
                try glimpse.expectBlobs([])
            }
        }
    }
}
