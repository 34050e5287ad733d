/// One entry of `allowed_networks`: a word or a block of addresses.
///
/// - `public`: what the Internet routes. NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`) count when the IPv4 address
///   inside is public.
/// - `private`: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and fc00::/7, without the metadata services of clouds in it.
/// - `loopback`: 127.0.0.0/8 and ::1.
/// - `10.1.0.0/16`, `fd00:1::/32`, `192.0.2.7`: exactly that block, whatever it is.
///
/// Link-local, metadata, shared (100.64.0.0/10), multicast and reserved addresses are reached by a block only. An
/// IPv4-mapped IPv6 address is judged as the IPv4 address in it. A NAT64 prefix of a site's own cannot be told from
/// public addresses; where one is in use, the gateway must keep it from leading inwards (RFC 6052 §3.1).
public struct NetworkRule: Equatable, Sendable {
    private enum Kind: Equatable {
        case `public`, `private`, loopback
        case block(NetworkBlock)
    }

    private let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// Addresses of the Internet.
    public static let `public` = NetworkRule(Kind.public)
    /// RFC 1918 and unique local IPv6 addresses.
    public static let `private` = NetworkRule(Kind.private)
    /// This machine.
    public static let loopback = NetworkRule(Kind.loopback)

    /// Every address.
    static let any = ["0.0.0.0/0", "::/0"].compactMap { NetworkRule($0) }

    /// Reads a word (in any case) or a block; nil when it is neither, or when a block has bits beyond its prefix.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "public": self = .public
        case "private": self = .private
        case "loopback": self = .loopback
        default:
            guard let block = NetworkBlock(text) else { return nil }
            kind = .block(block)
        }
    }

    func matches(_ address: NetworkAddress) -> Bool {
        switch kind {
        case .public: NetworkClass(address) == .public
        case .private: NetworkClass(address) == .private
        case .loopback: NetworkClass(address) == .loopback
        case .block(let block): block.contains(address)
        }
    }
}
