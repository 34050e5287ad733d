import Glibc

/// This run of the machine.
public enum Boot {
    /// Changes with each start of the machine, and is the same for all of its processes: random(4), boot_id. nil where the
    /// system does not tell.
    public static let id: String? = {
        guard let file = try? Descriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: uuidBytes)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0, at: 0) }), count == uuidBytes
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }()

    private static let uuidBytes = 36
}
