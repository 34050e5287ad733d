import Glibc
import Posix

/// Waits for a condition, half a minute at most. It blocks: for clients only.
func waitUntil(_ condition: () -> Bool) -> Bool {
    let limit = Deadline.after(seconds: 30)
    while !condition() {
        if limit.isOver { return false }
        // Looks again in two milliseconds: those who are waited for need the processor.
        poll(nil, 0, 2)
    }
    return true
}

/// The open descriptors of this process, as far as they belong to one server: other tests run beside it.
enum DescriptorCensus {
    /// Connected sockets of which one side is that port.
    ///
    /// - Parameter isServer: whether the server's side is counted alone.
    static func connections(of port: Int, isServer: Bool = false) -> Int {
        descriptors().count { number in
            var peer = sockaddr_in()
            guard read(&peer, number, getpeername) else { return false }
            var own = sockaddr_in()
            guard read(&own, number, getsockname) else { return false }
            let isOwn = UInt16(bigEndian: own.sin_port) == port
            return isServer ? isOwn : isOwn || UInt16(bigEndian: peer.sin_port) == port
        }
    }

    /// Sockets that listen on that port.
    static func listeners(on port: Int) -> Int {
        descriptors().count { number in
            var own = sockaddr_in()
            var peer = sockaddr_in()
            return read(&own, number, getsockname) && UInt16(bigEndian: own.sin_port) == port
                && !read(&peer, number, getpeername)
        }
    }

    private static func descriptors() -> [CInt] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var numbers: [CInt] = []
        while let entry = readdir(folder) {
            // Inout, so that the name is read in its place: an entry is shorter than the longest name.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if let number = CInt(name) { numbers.append(number) }
        }
        return numbers
    }

    private static func read(
        _ address: inout sockaddr_in, _ number: CInt,
        _ call: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> Bool {
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(number, $0, &length) }
        }
        return code == 0 && address.sin_family == sa_family_t(AF_INET)
    }
}
