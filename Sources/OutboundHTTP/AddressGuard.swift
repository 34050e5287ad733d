import CCurl
import Glibc

/// The one place where a connection is allowed: sees each address that libcurl is about to connect to, after
/// resolution, and opens the socket only when the policy allows it. A name that resolves differently a second later,
/// or an address in an odd spelling, ends here all the same.
///
/// Where a proxy stands between, the address that libcurl connects to is the proxy's. The operator has named it, and it
/// usually is in a network that clients' URLs must not lead to: any address will do then, but no other port. What the
/// proxy connects to is out of sight: `FetchProxies` says what is judged instead.
struct AddressGuard {
    /// nil: any address, that of a proxy.
    let policy: FetchPolicy?
    let port: UInt16
    /// The kind of the first address that was refused.
    private(set) var refused: NetworkClass?
    /// Some address was allowed, so a failure is one of the network.
    private(set) var hasOpened = false

    init(policy: FetchPolicy?, port: UInt16) {
        self.policy = policy
        self.port = port
    }

    /// The open socket, or CURL_SOCKET_BAD.
    mutating func open(_ purpose: curlsocktype, _ about: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        let bytes = Int(about.pointee.addrlen)
        guard purpose == CURLSOCKTYPE_IPCXN, let socketAddress = ccurl_address(about),
            let address = NetworkAddress(socketAddress: socketAddress, bytes: bytes),
            Self.port(socketAddress) == port
        else {
            refused = refused ?? .special("foreign")
            return curl_socket_t(CURL_SOCKET_BAD)
        }
        guard policy?.allows(address) ?? true else {
            refused = refused ?? NetworkClass(address)
            return curl_socket_t(CURL_SOCKET_BAD)
        }
        hasOpened = true
        return socket(
            about.pointee.family, about.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), about.pointee.protocol)
    }

    /// The same question to the connection that stands, whoever opened it.
    mutating func confirms(peer: String, port: Int32) -> Bool {
        guard port == Int32(self.port), let address = NetworkAddress(peer.prefix { $0 != "%" }) else {
            refused = refused ?? .special("foreign")
            return false
        }
        guard policy?.allows(address) ?? true else {
            refused = refused ?? NetworkClass(address)
            return false
        }
        return true
    }

    /// The port stands at the same place in sockaddr_in and sockaddr_in6.
    private static func port(_ address: UnsafePointer<sockaddr>) -> UInt16 {
        let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_port) ?? 2
        return UInt16(bigEndian: UnsafeRawPointer(address).loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
}
