import CLinux
import Glibc
import Posix

/// Tells systemd how the service is doing: one datagram to the socket named by NOTIFY_SOCKET (sd_notify(3)). Without
/// that variable nothing is sent.
public enum Readiness {
    /// The service answers requests.
    public static func ready() { notify("READY=1") }

    /// The service has begun to stop.
    public static func stopping() { notify("STOPPING=1") }

    private static func notify(_ state: String) {
        guard let value = getenv("NOTIFY_SOCKET") else { return }
        let path = String(cString: value)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // '@' stands for the NUL byte of Linux's abstract namespace.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        let descriptor = Descriptor(owning: number)
        let message = Array(state.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.rawValue, message, message.count, CInt(MSG_NOSIGNAL), $0, socklen_t(length))
            }
        }
    }
}
