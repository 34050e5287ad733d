import Posix
import Glibc
import HTTPTypes
import Synchronization

/// The text of a response's head.
struct HeadText {
    private var bytes: [UInt8] = []

    init(status: HTTPResponse.Status) {
        bytes.reserveCapacity(512)
        bytes.append(contentsOf: "HTTP/1.1 ".utf8)
        bytes.append(contentsOf: String(status.code).utf8)
        bytes.append(0x20)
        append(cleaned: status.reasonPhrase)
        bytes.append(contentsOf: "\r\nDate: ".utf8)
        bytes.append(contentsOf: HTTPDate.now.utf8)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    mutating func add(_ name: String, _ value: String) {
        append(cleaned: name)
        bytes.append(contentsOf: ": ".utf8)
        append(cleaned: value)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// The one door through which stored text reaches a head: a control character in it can't begin a line of its own.
    private mutating func append(cleaned text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        for index in start..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7F { bytes[index] = 0x20 }
    }

    consuming func finished() -> [UInt8] {
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }
}

/// `Date` in the form of RFC 9110 §5.6.7, made once a second.
enum HTTPDate {
    private static let cache = Locked<(second: Int, text: String)>((0, ""))

    static var now: String {
        let second = time(nil)
        return cache.withLock { cache in
            if cache.second != second { cache = (second, text(second)) }
            return cache.text
        }
    }

    private static func text(_ second: Int) -> String {
        var moment = second
        var parts = tm()
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let two: (CInt) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
