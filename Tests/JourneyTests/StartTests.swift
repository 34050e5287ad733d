import Glibc
import Testing

extension Journeys {
    /// Starts of the daemons, good and refused.
    @Suite struct Starts {
        @Test func thePortMayComeFromTheEnvironment() throws {
            try Glimpse.run { glimpse in
                let free = try WebSource([])
                free.close()
                try glimpse.api.stop()
                try glimpse.api.start(environment: ["OS_DEFAULT__BIND_PORT": "\(free.port)"])
                #expect(glimpse.api.port == free.port)
                #expect(try glimpse.client.list() == [])
            }
        }

        @Test func readinessIsTold() throws {
            try Glimpse.run { glimpse in
                for daemon in [glimpse.api, glimpse.registry] { try daemon.stop() }
                let supervisor = try Supervisor(path: "\(glimpse.folder.path)/notify.sock")
                for daemon in [glimpse.registry, glimpse.api] {
                    try daemon.start(environment: ["NOTIFY_SOCKET": supervisor.path])
                    #expect(try supervisor.next() == "READY=1", "\(daemon.name)")
                }
                for daemon in [glimpse.api, glimpse.registry] {
                    try daemon.stop()
                    #expect(try supervisor.next() == "STOPPING=1", "\(daemon.name)")
                }
            }
        }

        @Test func aSecondDaemonOnTheSameImagesIsRefused() throws {
            try Glimpse.run { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                let second = try Command(
                    Executables.daemon("glance-api"), ["--config-file", "\(glimpse.folder.path)/glance-api.conf"],
                    seconds: 30)
                #expect(!second.isSuccess)
                #expect(second.errors.contains(glimpse.imagesPath), "\(second.errors)")
                try glimpse.client.expectImage(id, [1, 2, 3])
            }
        }

        @Test func aSecretThatOthersCanReadIsRefused() throws {
            try Glimpse.run { glimpse in
                try glimpse.api.stop()
                #expect(chmod(glimpse.secretPath, 0o644) == 0)
                let start = try Command(
                    Executables.daemon("glance-api"), ["--config-file", "\(glimpse.folder.path)/glance-api.conf"],
                    seconds: 30)
                #expect(!start.isSuccess)
                #expect(start.errors.contains(glimpse.secretPath), "\(start.errors)")
            }
        }
    }

    /// What listens at the other end of NOTIFY_SOCKET (sd_notify(3)).
    private final class Supervisor {
        let path: String
        private let descriptor: CInt

        init(path: String) throws {
            self.path = path
            descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let number = descriptor
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard result == 0 else { throw SystemError("bind") }
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func next() throws -> String {
            var bytes = [UInt8](repeating: 0, count: 512)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { throw SystemError("no word of readiness") }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}
