import Glibc
import JSONText
import Testing

private var mayMakeNetworks: Bool {
    (try? Command("unshare", ["-mn", "ip", "link", "set", "lo", "up"]))?.isSuccess == true
}

extension Journeys {
    /// A name that means a public address when it is first looked up, and this machine the next time.
    ///
    /// The daemon has a network of its own, in which that public address is at hand too, and a hosts file of its own. Tests
    /// need the right to make such a thing.
    @Suite struct Rebinding {
        /// Public, and never asked outside.
        private static let address = "93.184.216.34"

        @Test(.enabled(if: mayMakeNetworks, "no network namespaces, or no ip(8)"))
        func everyLookUpIsJudged() throws {
            let folder = try TemporaryFolder()
            let hosts = try folder.write("\(Self.address) rebind.example\n", to: "hosts")
            let launcher = [
                "unshare", "-mn", "sh", "-c",
                """
                ip link set lo up && ip address add \(Self.address)/32 dev lo && mount --bind '\(hosts)' /etc/hosts || exit 9
                exec "$@"
                """, "sh",
            ]
            try Glimpse.run(
                [Glimpse.Option("import_filtering_opts", "allowed_ports", "*")], apiLauncher: launcher
            ) { glimpse in
                let (client, daemon) = (glimpse.client, glimpse.api.id)
                // Its threads stay in that network.
                let found = try Background {
                    try Self.enterNetwork(of: daemon)
                    return try Self.download(client, folder)
                }.value()
                #expect(found.control == "active", "what stays public is fetched: \(found)")
                #expect(found.status == "queued", "\(found)")
                #expect(found.message.contains("allowed_networks"), "\(found)")
                #expect(found.requests == ["GET", "GET"], "it was asked at the other address")
            }
        }

        private struct Found: Sendable {
            let control: String
            let status: String
            let message: String
            let requests: [String]
        }

        /// Two downloads from the name: through the second one it changes its meaning.
        private static func download(_ client: Client, _ folder: TemporaryFolder) throws -> Found {
            let source = try WebSource([1, 2, 3], isEverywhere: true)
            defer { source.close() }
            let url = "http://rebind.example:\(source.port)/disk.img"
            let control = try client.reserveImage()
            try client.v2WebDownload(control, url).expect(202)
            _ = try eventually { try client.v2Status(of: control) == "active" }

            source.behave(.holds)
            let id = try client.reserveImage()
            try client.v2WebDownload(id, url).expect(202)
            _ = eventually { source.isPausing }
            _ = try folder.write("127.0.0.1 rebind.example\n", to: "hosts")
            // It tries again, and would get the data now.
            source.behave(.status(503))
            _ = try eventually { try client.v2Tasks(id).last?["message"]?.string?.contains("503") == true }
            source.goOn()
            _ = try eventually { try client.v2Tasks(id).last?["status"]?.string == "failure" }
            return Found(
                control: try client.v2Status(of: control) ?? "", status: try client.v2Status(of: id) ?? "",
                message: try client.v2Tasks(id).last?["message"]?.string ?? "", requests: source.requests)
        }

        /// setns(2) of the calling thread; the C library's header does not show it to Swift.
        private static func enterNetwork(of process: pid_t) throws {
            typealias Function = @convention(c) (CInt, CInt) -> CInt
            let symbol = try #require(dlsym(nil, "setns"))
            let network = open("/proc/\(process)/ns/net", O_RDONLY | O_CLOEXEC)
            defer { close(network) }
            guard network >= 0, unsafeBitCast(symbol, to: Function.self)(network, 0) == 0 else {
                throw SystemError("setns")
            }
        }
    }
}
