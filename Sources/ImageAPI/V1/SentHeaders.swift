import GlanceHTTP
import HTTPWire

/// The metadata headers of a request as texts, by field.
struct SentHeaders {
    /// Of `x-image-meta-*`, by field.
    private(set) var metadata = NamedTexts()
    /// Of `x-image-meta-property-*`, by property.
    private(set) var properties = NamedTexts()
    /// `x-glance-api-copy-from`.
    private(set) var copyFrom: String?
    /// `x-glance-registry-purge-props`.
    private(set) var purge: String?

    private static let metadataPrefix = Array("x-image-meta-".utf8)
    private static let propertyPrefix = Array("x-image-meta-property-".utf8)
    private static let copyFromName = Array("x-glance-api-copy-from".utf8)
    private static let purgeName = Array("x-glance-registry-purge-props".utf8)

    /// - Throws: 400 where a header that counts is not UTF-8.
    init(_ fields: HeaderFields) throws(APIError) {
        for field in fields.all {
            if Self.begins(field.name, Self.propertyPrefix) {
                let name = HeaderText.meaning(of: field.name.dropFirst(Self.propertyPrefix.count))
                properties.add(try Self.text(field.value), as: try Self.fieldName(name))
            } else if Self.begins(field.name, Self.metadataPrefix) {
                let name = field.name.dropFirst(Self.metadataPrefix.count)
                let text = try Self.fieldName(String(validating: name, as: UTF8.self))
                metadata.add(try Self.text(field.value, isURL: text == "location"), as: text)
            } else if Self.equals(field.name, Self.copyFromName) {
                let text = try Self.text(field.value, isURL: true)
                copyFrom = copyFrom.map { "\($0),\(text)" } ?? text
            } else if Self.equals(field.name, Self.purgeName) {
                purge = try Self.text(field.value)
            }
        }
    }

    /// In lower case, with underscores: Glance's framework can't tell them from hyphens.
    private static func fieldName(_ text: String?) throws(APIError) -> String {
        guard let text else { throw .notDecodable("header") }
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "-": name.append("_")
            case "A"..."Z": name.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            default: name.append(scalar)
            }
        }
        return String(name)
    }

    private static func text(_ bytes: ArraySlice<UInt8>, isURL: Bool = false) throws(APIError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notDecodable("header") }
        return isURL ? HeaderText.meaning(ofURL: text) : HeaderText.meaning(of: text)
    }

    private static func equals(_ name: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
        name.count == wanted.count && begins(name, wanted)
    }

    /// `prefix` in lower case.
    private static func begins(_ name: ArraySlice<UInt8>, _ prefix: [UInt8]) -> Bool {
        guard name.count >= prefix.count else { return false }
        return zip(name, prefix).allSatisfy { byte, wanted in
            ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte) == wanted
        }
    }
}

/// Texts with names, in the order in which the names came.
struct NamedTexts {
    private(set) var all: [(name: String, text: String)] = []
    private var indices: [String: Int] = [:]

    /// Two texts of one name count as one with a comma between (RFC 9110 §5.3).
    mutating func add(_ text: String, as name: String) {
        if let index = indices[name] {
            all[index].text += ",\(text)"
        } else {
            indices[name] = all.count
            all.append((name, text))
        }
    }
}
