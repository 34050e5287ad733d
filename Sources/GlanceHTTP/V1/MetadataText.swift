import ImageModel

/// The rules for the texts of metadata headers.
public enum MetadataText {
    /// Text that the database of the reference can hold: its characters have three bytes at the most.
    public static func check(_ text: String, _ what: String) throws(APIError) {
        for scalar in text.unicodeScalars {
            if scalar.value > 0xFFFF { throw .fourByteCharacters(what) }
            if scalar.value == 0 { throw .zeroCharacter(what) }
        }
    }

    /// A number from 0 to `max`. Blanks round it and a sign are taken, as Python takes them. An empty value is 400,
    /// where the reference answers 500 by accident.
    public static func number(_ field: String, _ text: String, max: Int64 = .max) throws(APIError) -> Int64 {
        guard let number = integer(text) else { throw .notAnInteger(field, text) }
        guard number >= 0 else { throw .negative(field, text) }
        guard number <= max else { throw .outOfRange(field, text, max: max) }
        return number
    }

    public static func integer(_ text: String) -> Int64? {
        let digits = text.drop { $0 == " " }
        return digits.lastIndex { $0 != " " }.flatMap { Int64(digits[...$0]) }
    }

    /// An ISO 8601 time since 1900; nil where the value is empty.
    public static func time(_ field: String, _ text: String) throws(APIError) -> Timestamp? {
        if text.isEmpty { return nil }
        guard let time = Timestamp(iso8601: text), let year = Int(text.prefix(4)), year >= 1900 else {
            throw .invalidTime(field)
        }
        return time
    }
}

/// Boolean headers: a few words are true, everything else is false and never an error.
public enum BooleanText {
    public static func isTrue(_ text: String) -> Bool {
        ["t", "true", "on", "y", "yes", "1"].contains(text.lowercased().filter { $0 != " " })
    }
}
