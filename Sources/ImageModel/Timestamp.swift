import Glibc

/// A moment in UTC to the microsecond, as the database keeps it and as v1 shows it.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// The moment that many microseconds after the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The wall clock's time.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp {
    /// `YYYY-MM-DDTHH:MM:SS.ffffff` without a zone; the fraction is left out when it is zero (Glance's v1 API).
    public var v1Text: String {
        let (seconds, fraction) = split
        return civilText(seconds, fraction: fraction, fractionDigits: fraction == 0 ? 0 : 6, isZulu: false)
    }

    /// `YYYY-MM-DDTHH:MM:SSZ` (Glance's v2 API).
    public var v2Text: String {
        civilText(split.seconds, fraction: 0, fractionDigits: 0, isZulu: true)
    }

    /// `YYYY-MM-DDTHH:MM:SS.fffZ`, for logs.
    public var millisecondText: String {
        let (seconds, fraction) = split
        return civilText(seconds, fraction: fraction / 1000, fractionDigits: 3, isZulu: true)
    }

    private var split: (seconds: Int64, fraction: Int64) {
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return fraction < 0 ? (seconds - 1, fraction + 1_000_000) : (seconds, fraction)
    }

    private func civilText(_ seconds: Int64, fraction: Int64, fractionDigits: Int, isZulu: Bool) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let year = Int64(parts.tm_year) + 1900
        let yearDigits = year < 10_000 ? 4 : String(year).utf8.count
        return String(unsafeUninitializedCapacity: 32 + yearDigits) { text in
            var at = 0
            func put(_ byte: UInt8) {
                text[at] = byte
                at += 1
            }
            func put(_ number: Int64, digits: Int) {
                var rest = number
                for index in stride(from: at + digits - 1, through: at, by: -1) {
                    text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                at += digits
            }
            put(max(0, year), digits: yearDigits)
            put(UInt8(ascii: "-"))
            put(Int64(parts.tm_mon) + 1, digits: 2)
            put(UInt8(ascii: "-"))
            put(Int64(parts.tm_mday), digits: 2)
            put(UInt8(ascii: "T"))
            put(Int64(parts.tm_hour), digits: 2)
            put(UInt8(ascii: ":"))
            put(Int64(parts.tm_min), digits: 2)
            put(UInt8(ascii: ":"))
            put(Int64(parts.tm_sec), digits: 2)
            if fractionDigits > 0 {
                put(UInt8(ascii: "."))
                put(fraction, digits: fractionDigits)
            }
            if isZulu { put(UInt8(ascii: "Z")) }
            return at
        }
    }
}

extension Timestamp {
    /// Parses an ISO 8601 date, or date and time, with an optional fraction and zone; without a zone it is UTC.
    ///
    /// Both separators (`T` or a blank), `Z`, `+HH`, `+HH:MM` and `+HHMM` are taken, as Glance's filters take them.
    public init?(iso8601 text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var parts = tm()
        parts.tm_year = CInt(year - 1900)
        parts.tm_mon = CInt(month - 1)
        parts.tm_mday = CInt(day)
        var fraction: Int64 = 0
        var offsetSeconds: Int64 = 0
        if reader.take("T") || reader.take(" ") {
            guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), hour < 24, minute < 60
            else { return nil }
            parts.tm_hour = CInt(hour)
            parts.tm_min = CInt(minute)
            if reader.take(":") {
                guard let second = reader.number(2), second < 60 else { return nil }
                parts.tm_sec = CInt(second)
                if reader.take(".") || reader.take(",") {
                    guard let micros = reader.fraction() else { return nil }
                    fraction = micros
                }
            }
            guard let offset = reader.zoneSeconds() else { return nil }
            offsetSeconds = offset
        }
        guard reader.isAtEnd else { return nil }
        let seconds = Int64(timegm(&parts))
        // timegm turns 31 February into March: such a date is no date.
        guard parts.tm_mday == CInt(day) else { return nil }
        self.init(microseconds: (seconds - offsetSeconds) * 1_000_000 + fraction)
    }
}

/// Reads fixed runs of digits from a date.
private struct DigitReader {
    let bytes: [UInt8]
    var at = 0

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, UInt32(bytes[at]) == character.value else { return false }
        at += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        guard at + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[at..<(at + digits)] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        at += digits
        return value
    }

    /// Digits behind the point as microseconds; what is finer is cut off.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while let digit = number(1) {
            if digits < 6 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 6)..<6 { value *= 10 }
        return value
    }

    /// Nothing or `Z` is zero; nil where the zone can't be read.
    mutating func zoneSeconds() -> Int64? {
        if isAtEnd || take("Z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3600 }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
