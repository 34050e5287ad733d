import Glibc

/// Whether a text is an address with or without a prefix length, and no bit is set beyond that.
func isNetworkBlock(_ text: String) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = addressBytes(String(parts[0])) else { return false }
    guard parts.count == 2 else { return true }
    let digits = parts[1]
    guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let prefix = Int(digits), prefix <= address.count * 8
    else { return false }
    return !(prefix..<address.count * 8).contains { bit in
        address[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0
    }
}

/// Whether only this machine can reach what listens on a host. A name other than `localhost` may be anything.
func isLoopback(host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    guard let address = addressBytes(host) else { return false }
    return address.count == 4 ? address[0] == 127 : address == [UInt8](repeating: 0, count: 15) + [1]
}

/// The 4 or 16 bytes of an address, by inet_pton(3); nil when the text is not one.
private func addressBytes(_ text: String) -> [UInt8]? {
    guard text.utf8.count < Int(INET6_ADDRSTRLEN), !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
    if inet_pton(AF_INET6, text, &bytes) == 1 { return bytes }
    return nil
}
