import Glibc

/// An IPv4 or IPv6 address as numbers, so that ranges are compared and never spelled.
///
/// An IPv4-mapped address (`::ffff:0:0/96`, RFC 4291 §2.5.5.2) becomes its IPv4 address at birth: the kernel connects
/// it over IPv4, so it must not be judged as IPv6.
struct NetworkAddress: Equatable, Sendable {
    enum Value: Equatable, Sendable {
        case v4(UInt32)
        case v6(UInt128)
    }

    let value: Value

    init(v4: UInt32) {
        value = .v4(v4)
    }

    init(v6: UInt128) {
        value = v6 >> 32 == 0xffff ? .v4(UInt32(truncatingIfNeeded: v6)) : .v6(v6)
    }

    /// Strict text (inet_pton(3)): a dotted quad without leading zeros, or IPv6 without brackets and zone.
    init?(_ text: some StringProtocol) {
        if let v4 = Self.parseV4(String(text)) {
            self.init(v4: v4)
        } else if let v6 = Self.parseV6(String(text)) {
            self.init(v6: v6)
        } else {
            return nil
        }
    }

    /// The address that a socket is about to connect to; nil for families other than IPv4 and IPv6.
    init?(socketAddress: UnsafePointer<sockaddr>, bytes: Int) {
        let raw = UnsafeRawPointer(socketAddress)
        guard bytes >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes >= MemoryLayout<sockaddr_in>.size:
            self.init(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6 where bytes >= MemoryLayout<sockaddr_in6>.size:
            self.init(v6: Self.number(raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr))
        default:
            return nil
        }
    }

    static func parseV4(_ text: String) -> UInt32? {
        var parsed = in_addr()
        return inet_pton(AF_INET, text, &parsed) == 1 ? UInt32(bigEndian: parsed.s_addr) : nil
    }

    static func parseV6(_ text: String) -> UInt128? {
        var parsed = in6_addr()
        return inet_pton(AF_INET6, text, &parsed) == 1 ? number(parsed) : nil
    }

    private static func number(_ address: in6_addr) -> UInt128 {
        withUnsafeBytes(of: address) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }
}

/// A block of addresses: a base and how many of its leading bits count.
struct NetworkBlock: Equatable, Sendable {
    let base: NetworkAddress
    let prefixBits: Int

    /// `10.0.0.0/8`, `fd00::/8`, or one address. Nil when it is neither, and when bits beyond the prefix are set, since
    /// it is then unclear what was meant.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var address: UInt128
        var width: Int
        if let v4 = NetworkAddress.parseV4(String(parts[0])) {
            (address, width) = (UInt128(v4), 32)
        } else if let v6 = NetworkAddress.parseV6(String(parts[0])) {
            (address, width) = (v6, 128)
        } else {
            return nil
        }
        var bits = width
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                digits.count == 1 || digits.first != 0x30, let number = Int(parts[1]), number <= width
            else { return nil }
            bits = number
        }
        // A shift by the full width gives 0, so a prefix of 0 bits wants a base of 0.
        let hostBits = width - bits
        guard (address >> hostBits) << hostBits == address else { return nil }
        if width == 128, bits >= 96, address >> 32 == 0xffff {
            (address, width, bits) = (address & 0xffff_ffff, 32, bits - 96)
        }
        base = width == 32 ? NetworkAddress(v4: UInt32(truncatingIfNeeded: address)) : NetworkAddress(v6: address)
        prefixBits = bits
    }

    func contains(_ address: NetworkAddress) -> Bool {
        switch (base.value, address.value) {
        case (.v4(let base), .v4(let other)): (base ^ other) >> (32 - prefixBits) == 0
        case (.v6(let base), .v6(let other)): (base ^ other) >> (128 - prefixBits) == 0
        default: false
        }
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// The shortest spelling (inet_ntop(3)).
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch value {
        case .v4(let number):
            var address = in_addr(s_addr: number.bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6(let number):
            var address = number.bigEndian
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}
