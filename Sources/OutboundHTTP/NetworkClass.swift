/// What kind of network an address belongs to: what the words of `allowed_networks` stand for.
///
/// Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), read strictly: what is not known
/// to be public is `special`.
enum NetworkClass: Equatable, Sendable {
    case `public`
    /// RFC 1918 and unique local IPv6 (RFC 4193).
    ///
    /// 100.64.0.0/10 (RFC 6598) is not in it: carriers, overlay networks and a cloud's metadata service live there.
    case `private`
    case loopback
    /// Reached by an explicit block only; the text says what it is.
    case special(String)

    init(_ address: NetworkAddress) {
        if let row = Self.table.first(where: { $0.block.contains(address) }) {
            self = row.kind
            return
        }
        switch address.value {
        case .v4:
            self = .public
        case .v6(let number):
            if number >> 32 == 0x64_ff9b << 64 {
                // NAT64 (RFC 6052): a gateway makes IPv4 of the last 32 bits.
                self = Self.carrier(of: UInt32(truncatingIfNeeded: number), "NAT64")
            } else if number >> 112 == 0x2002 {
                // 6to4 (RFC 3056): a router makes IPv4 of the 32 bits behind 2002.
                self = Self.carrier(of: UInt32(truncatingIfNeeded: number >> 80), "6to4")
            } else {
                // Global unicast is 2000::/3; the rest is not assigned, or not for the Internet.
                self = number >> 125 == 0b001 ? .public : .special("reserved")
            }
        }
    }

    /// An IPv6 address that carries an IPv4 address is public when that one is. It is never private or loopback: what
    /// the gateway calls so is not what the words mean on this machine.
    private static func carrier(of v4: UInt32, _ name: String) -> NetworkClass {
        switch NetworkClass(NetworkAddress(v4: v4)) {
        case .public: .public
        case .private: .special("\(name) of a private")
        case .loopback: .special("\(name) of a loopback")
        case .special(let kind): .special("\(name) of a \(kind)")
        }
    }

    /// The first row that contains the address counts.
    private static let table: [(block: NetworkBlock, kind: NetworkClass)] = rows.map { text, kind in
        guard let block = NetworkBlock(text) else { preconditionFailure("bad row \(text)") }
        return (block, kind)
    }

    private static let rows: [(String, NetworkClass)] = [
        // Metadata services of clouds, in ranges that would otherwise be public or private.
        ("168.63.129.16", .special("cloud metadata")),
        ("fd00:ec2::/32", .special("cloud metadata")),
        ("fd00:c1::/32", .special("cloud metadata")),
        ("fd20:ce::/32", .special("cloud metadata")),

        ("0.0.0.0/8", .special("unspecified")),
        ("10.0.0.0/8", .private),
        ("100.64.0.0/10", .special("shared (carrier-grade NAT)")),
        ("127.0.0.0/8", .loopback),
        ("169.254.0.0/16", .special("link-local")),
        ("172.16.0.0/12", .private),
        ("192.0.0.0/24", .special("protocol assignment")),
        ("192.0.2.0/24", .special("documentation")),
        ("192.88.99.0/24", .special("6to4 relay")),
        ("192.168.0.0/16", .private),
        ("198.18.0.0/15", .special("benchmarking")),
        ("198.51.100.0/24", .special("documentation")),
        ("203.0.113.0/24", .special("documentation")),
        ("224.0.0.0/4", .special("multicast")),
        ("255.255.255.255", .special("broadcast")),
        ("240.0.0.0/4", .special("reserved")),

        ("::", .special("unspecified")),
        ("::1", .loopback),
        ("::/96", .special("IPv4-compatible")),
        ("64:ff9b:1::/48", .special("local NAT64")),
        ("100::/64", .special("discard")),
        ("2001::/32", .special("Teredo")),
        ("2001:2::/48", .special("benchmarking")),
        ("2001::/23", .special("protocol assignment")),
        ("2001:db8::/32", .special("documentation")),
        ("3fff::/20", .special("documentation")),
        ("fc00::/7", .private),
        ("fe80::/10", .special("link-local")),
        ("fec0::/10", .special("site-local")),
        ("ff00::/8", .special("multicast")),
    ]
}

extension NetworkClass: CustomStringConvertible {
    var description: String {
        switch self {
        case .public: "public"
        case .private: "private"
        case .loopback: "loopback"
        case .special(let kind): kind
        }
    }
}
