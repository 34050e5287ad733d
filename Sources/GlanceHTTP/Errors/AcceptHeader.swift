/// An `Accept` header (RFC 9110 §12.5.1): what the client would like to read.
public struct AcceptHeader: Sendable {
    private struct MediaRange: Sendable {
        var type: Substring
        var subtype: Substring
        var quality: Double

        /// 3 for an exact match, 2 for `type/*`, 1 for `*/*`, 0 for none.
        func precision(for offer: String) -> Int {
            let parts = offer.split(separator: "/", maxSplits: 1)
            guard parts.count == 2 else { return 0 }
            if type == "*" { return 1 }
            guard type == parts[0] else { return 0 }
            if subtype == "*" { return 2 }
            return subtype == parts[1] ? 3 : 0
        }
    }

    private let ranges: [MediaRange]

    /// - Parameter text: all values of the header, joined by commas; nil where it was not sent.
    public init(_ text: String?) {
        ranges = (text ?? "").lowercased().split(separator: ",").compactMap { element in
            let parts = element.split(separator: ";")
            guard let names = parts.first?.filter({ $0 != " " && $0 != "\t" }).split(separator: "/"), names.count == 2
            else { return nil }
            var quality = 1.0
            for parameter in parts.dropFirst() {
                let text = parameter.filter { $0 != " " && $0 != "\t" }
                guard text.hasPrefix("q="), let value = Double(text.dropFirst(2)) else { continue }
                quality = (0...1).contains(value) ? value : 0
            }
            return MediaRange(type: names[0], subtype: names[1], quality: quality)
        }
    }

    /// The offer that the client likes best; among equals the one that it named more exactly, then the first.
    public func best(of offers: [String]) -> String? {
        var best: (offer: String, quality: Double, precision: Int)?
        for offer in offers {
            let matches = ranges.map { (quality: $0.quality, precision: $0.precision(for: offer)) }
            // The most exact range that matches an offer is the one that counts for it.
            guard let match = matches.filter({ $0.precision > 0 }).max(by: { $0.precision < $1.precision }),
                match.quality > 0
            else { continue }
            if let best, (best.quality, best.precision) >= (match.quality, match.precision) { continue }
            best = (offer, match.quality, match.precision)
        }
        return best?.offer
    }
}
