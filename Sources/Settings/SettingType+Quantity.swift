/// Ten years: nothing here waits longer, and no clock arithmetic overflows.
private let secondsMax = 315_360_000

extension SettingType where Value == Int {
    /// A whole number.
    static func int(_ range: ClosedRange<Int>) -> Self {
        SettingType { text throws(BadValue) in try wholeNumber(text, in: range, unit: "") }
    }

    /// Whole seconds.
    static func seconds(_ range: ClosedRange<Int> = 0...secondsMax) -> Self {
        SettingType { text throws(BadValue) in try wholeNumber(text, in: range, unit: " of seconds") }
    }
}

extension SettingType where Value == Int? {
    /// Whole seconds; 0 means that the time does not run out, and becomes nil.
    static var secondsOrNever: Self {
        SettingType { text throws(BadValue) in
            let seconds = try wholeNumber(text, in: 0...secondsMax, unit: " of seconds")
            return seconds == 0 ? nil : seconds
        }
    }

    /// A limit; 0 means none, and becomes nil.
    static var limitOrZero: Self {
        SettingType { text throws(BadValue) in
            let limit = try wholeNumber(text, in: 0...Int(Int32.max), unit: "")
            return limit == 0 ? nil : limit
        }
    }

    /// A limit; a negative one means none, and becomes nil.
    static var limitOrNegative: Self {
        SettingType { text throws(BadValue) in
            let limit = try wholeNumber(text, in: Int.min...Int.max, unit: "")
            return limit < 0 ? nil : limit
        }
    }
}

extension SettingType where Value == Int64 {
    /// A size in bytes: a number alone, or with `B`, `KB`, `MB`, `GB` or `TB` right behind it, each 1024 times the last.
    static func bytes(_ range: ClosedRange<Int64>) -> Self {
        SettingType { text throws(BadValue) in
            guard let bytes = byteSize(text), range.contains(bytes) else {
                let bounds = range.upperBound == .max ? "of at least \(range.lowerBound)" : "\(bounded(range))"
                throw BadValue(expected: "a number of bytes \(bounds) (or one with KB, MB, GB, TB)", found: text)
            }
            return bytes
        }
    }
}

extension SettingType where Value == Int64? {
    /// A size in bytes; 0 means no limit, and becomes nil.
    static var bytesOrZero: Self {
        SettingType { text throws(BadValue) in
            let bytes = try SettingType<Int64>.bytes(0...(.max)).parse(text)
            return bytes == 0 ? nil : bytes
        }
    }
}

private func byteSize(_ text: String) -> Int64? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let shift: Int64? =
        switch text.dropFirst(digits.count).uppercased() {
        case "", "B": 0
        case "KB": 10
        case "MB": 20
        case "GB": 30
        case "TB": 40
        default: nil
        }
    guard let shift, let number = Int64(digits) else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : bytes
}

private func wholeNumber(_ text: String, in range: ClosedRange<Int>, unit: String) throws(BadValue) -> Int {
    guard let number = Int(text), range.contains(number) else {
        let bounds = range == Int.min...Int.max ? "" : " \(bounded(range))"
        throw BadValue(expected: "a whole number\(unit)\(bounds)", found: text)
    }
    return number
}

private func bounded<Number>(_ range: ClosedRange<Number>) -> String {
    "from \(range.lowerBound) to \(range.upperBound)"
}
