import Glibc
import Testing

extension Journeys {
    /// Clients that keep their connections and say nothing.
    @Suite struct IdleConnections {
        private static let wanted = 10_000
        private static let least = 1000

        /// Raises the limit on this process's descriptors; how many connections it leaves room for.
        private static func room() -> Int {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Some are the daemons' and the tests' own.
            return Int(clamping: limit.rlim_cur) - 200
        }

        @Test func tenThousandAreHeldWhileRequestsAreServed() throws {
            let count = min(Self.wanted, Self.room())
            if count < Self.wanted {
                print("the system's limit leaves room for \(count) of \(Self.wanted) connections")
            }
            try #require(count >= Self.least)
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(1_000_000)
                let id = try client.createImage(data)
                try client.expectImage(id, data)
                let before = try glimpse.api.residentBytesMax()
                var connections: [Connection] = []
                defer { connections.forEach { $0.reset() } }
                connections.reserveCapacity(count)
                for _ in 0..<count {
                    let connection = try client.connect()
                    connections.append(connection)
                    // Each has been served once, so that it is idle between two requests.
                    try connection.send("GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    #expect(try connection.receiveAnswer().status == 200)
                }
                let sockets = glimpse.api.openDescriptors().filter { $0.hasPrefix("socket:") }
                #expect(sockets.count >= count)

                for _ in 0..<20 {
                    #expect(try client.list() == [id])
                    try client.expectImage(id, data)
                }
                let next = try client.createImage(data)
                try client.expectImage(next, data)
                // None was given up for the others, and each still works.
                for connection in connections {
                    let answer = try client.send("HEAD", "/v1/images/\(id)", over: connection)
                    try #require(answer.status == 200)
                }
                // What a request needs goes with it: an idle connection has neither a buffer nor a stack.
                let each = (try glimpse.api.residentBytesMax() - before) / Int64(count)
                print("an idle connection of \(count) takes \(each) bytes of glance-api")
                if !Executables.areSanitized { #expect(each < 8192) }
            }
        }
    }
}
