/// Values that were used lately, within a bound of bytes.
///
/// There are two generations instead of an order of use: when the newer one has half of all bytes, the older one goes, and
/// what is found in it until then moves up.
public struct RecentValues<Key: Hashable, Value> {
    private typealias Generation = [Key: (value: Value, bytes: Int)]

    private let bytesMax: Int
    private var newer: Generation = [:]
    private var older: Generation = [:]
    private var newerBytes = 0

    /// - Parameter bytesMax: of all values together; one that would need more than an eighth is not kept.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// The value that was inserted last for this key, if it is still there.
    public mutating func value(for key: Key) -> Value? {
        if let found = newer[key] { return found.value }
        guard let found = older.removeValue(forKey: key) else { return nil }
        insert(found.value, for: key, bytes: found.bytes)
        return found.value
    }

    /// Keeps a value in place of what was there for this key.
    ///
    /// - Parameter bytes: how much memory the key and the value take.
    public mutating func insert(_ value: Value, for key: Key, bytes: Int) {
        older.removeValue(forKey: key)
        if let replaced = newer.removeValue(forKey: key) { newerBytes -= replaced.bytes }
        guard bytes <= bytesMax / 8 else { return }
        if newerBytes + bytes > bytesMax / 2 {
            older = newer
            newer = [:]
            newerBytes = 0
        }
        newer[key] = (value, bytes)
        newerBytes += bytes
    }

    /// Forgets everything.
    public mutating func removeAll() {
        newer.removeAll(keepingCapacity: true)
        older.removeAll(keepingCapacity: true)
        newerBytes = 0
    }
}

extension RecentValues: Sendable where Key: Sendable, Value: Sendable {}
