/// The text behind a check's colon: as it stands, or with attributes of the target in it, as in `%(owner)s`.
struct PolicyTemplate: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        case attribute(String)
    }

    private let parts: [Part]

    /// Reads Python's `%` formatting as far as oslo.policy's language needs it: `%(name)s` and `%%`.
    ///
    /// - Throws: where a `%` begins anything else, which Python would fail on at each request.
    init(_ text: String) throws(PolicySyntaxError) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            literal += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            if rest.first == "%" {
                literal += "%"
                rest = rest.dropFirst()
                continue
            }
            guard rest.first == "(", let end = rest.firstIndex(of: ")"), rest[end...].dropFirst().first == "s" else {
                throw PolicySyntaxError("'\(text)' has a % that begins no %(attribute)s")
            }
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = ""
            parts.append(.attribute(String(rest.dropFirst()[..<end])))
            rest = rest[end...].dropFirst(2)
        }
        literal += rest
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    /// Whether an attribute of the target stands in it.
    var looksAtTarget: Bool {
        parts.contains { if case .attribute = $0 { true } else { false } }
    }

    /// The text for a target; nil where the target lacks an attribute. Such a check fails, as in oslo.policy.
    func text(for target: [String: String]) -> String? {
        if parts.count == 1, case .text(let text) = parts[0] { return text }
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .attribute(let name):
                guard let value = target[name] else { return nil }
                text += value
            }
        }
        return text
    }
}

/// Why a text is no rule.
struct PolicySyntaxError: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
