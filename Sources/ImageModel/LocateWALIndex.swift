import JSONText
import WALIndex

/// Where the database's wal-index lies, in which a glance-api on the same machine sees whether anybody has committed.
/// `notFound` where it has none.
public struct LocateWALIndex: RegistryOperation {
    public typealias Answer = WALIndexPlace
    public static let name = "locate-wal-index"
    public static let isIdempotent = true

    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}

extension WALIndexPlace: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            boot: try json.text("boot"), path: try json.text("path"),
            device: UInt64(bitPattern: try json.number("device")), inode: UInt64(bitPattern: try json.number("inode")))
    }

    public var json: JSONValue {
        [
            "boot": .string(boot), "path": .string(path), "device": .int(Int64(bitPattern: device)),
            "inode": .int(Int64(bitPattern: inode)),
        ]
    }
}
