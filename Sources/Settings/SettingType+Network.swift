extension SettingType where Value == String {
    /// An address to listen on: an IPv4 or IPv6 address, or a name.
    static var bindHost: Self {
        SettingType { text throws(BadValue) in try hostName(text) }
    }

    /// An address to connect to. The wildcard, Glance's own default for `registry_host`, can only mean this machine.
    static var connectHost: Self {
        SettingType { text throws(BadValue) in
            switch try hostName(text) {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            case let host: host
            }
        }
    }

    /// An http or https URL.
    static var httpURL: Self {
        SettingType { text throws(BadValue) in
            let lower = text.lowercased()
            let host = ["http://", "https://"].first { lower.hasPrefix($0) }.map { text.dropFirst($0.count) }
            guard let host, let first = host.first, first != "/", !host.contains(where: \.isWhitespace) else {
                throw BadValue(expected: "an http:// or https:// URL", found: text)
            }
            return text
        }
    }

    /// A word or a block for `allowed_networks`; words come out in lower case.
    static var networkRule: Self {
        SettingType { text throws(BadValue) in
            let word = text.lowercased()
            if ["public", "private", "loopback"].contains(word) { return word }
            guard isNetworkBlock(text) else {
                throw BadValue(
                    expected:
                        "public, private, loopback, or an address block like 10.1.0.0/16 without bits beyond its prefix",
                    found: text)
            }
            return text
        }
    }

    /// A database of SQLAlchemy's form, as the path of its file.
    static var sqliteURL: Self {
        SettingType { text throws(BadValue) in
            guard let colon = text.firstIndex(of: ":") else {
                throw BadValue(expected: "a database URL, sqlite:////absolute/path", found: nil)
            }
            // A URL of another database holds its password: only the scheme is repeated.
            let scheme = text[..<colon]
            guard scheme == "sqlite" || scheme == "sqlite+pysqlite" else {
                throw BadValue(
                    expected: "sqlite:////absolute/path (images are kept in SQLite; no other database is supported)",
                    found: "\(scheme):...")
            }
            let path = text[colon...].dropFirst(4)
            guard text[colon...].hasPrefix(":////"), !path.contains("?"), !path.hasSuffix("/") else {
                throw BadValue(
                    expected:
                        "sqlite:////absolute/path, with four slashes before an absolute path and nothing behind it",
                    found: text)
            }
            return String(path)
        }
    }
}

extension SettingType where Value == Secret {
    /// An http or https URL with a host and a port, and perhaps a user and a password: no message shows it.
    static var proxyURL: Self {
        SettingType { text throws(BadValue) in
            let expected = "http://[user:password@]host:port, or https"
            do {
                _ = try SettingType<String>.httpURL.parse(text)
            } catch {
                throw BadValue(expected: expected, found: nil)
            }
            let authority = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
            let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            guard let colon = host.lastIndex(of: ":"), let port = UInt16(host[host.index(after: colon)...]), port > 0,
                colon != host.startIndex
            else { throw BadValue(expected: expected, found: nil) }
            return Secret(text)
        }
    }
}

extension SettingType where Value == [UInt16] {
    /// Ports for `disallowed_ports`.
    static var ports: Self {
        SettingType.list(of: SettingType<UInt16>.port)
    }

    /// Ports for `allowed_ports`; `*` anywhere in the list is any port, which is what an empty list means.
    static var portsOrAny: Self {
        SettingType(emptyMeansUnset: false) { text throws(BadValue) in
            if try listItems(text).contains("*") { return [] }
            do {
                return try ports.parse(text)
            } catch {
                throw BadValue(expected: "ports from 1 to 65535, or * for any", found: text)
            }
        }
    }
}

extension SettingType where Value == UInt16 {
    fileprivate static var port: Self {
        SettingType { text throws(BadValue) in
            guard let port = UInt16(text), port > 0 else {
                throw BadValue(expected: "a port from 1 to 65535", found: text)
            }
            return port
        }
    }
}

private func hostName(_ text: String) throws(BadValue) -> String {
    // An IPv6 address is often copied out of a URL.
    let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
    let host = isBracketed ? String(text.dropFirst().dropLast()) : text
    let isPlausible = host.utf8.allSatisfy { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        // Colons, and the zone of a link-local address.
        case UInt8(ascii: ":"), UInt8(ascii: "%"): host.contains("::") || host.split(separator: ":").count == 8
        default: false
        }
    }
    guard isPlausible, !host.isEmpty, host.utf8.count <= 253 else {
        throw BadValue(expected: "an address or a host name, without a port", found: text)
    }
    return host
}
