/// One thing in the configuration that keeps the daemon from starting.
public struct SettingsProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it was found.
    public let origin: SettingOrigin
    /// The option, or nil when the line or the file could not be read at all.
    public let name: OptionName?
    /// What is wrong: what was expected, and what was found.
    public let text: String

    init(_ origin: SettingOrigin, name: OptionName? = nil, _ text: String) {
        self.origin = origin
        self.name = name
        self.text = text
    }

    /// `file:line: section.option: text`, on one line whatever the file holds.
    public var description: String {
        escapingControls("\(origin): " + (name.map { "\($0): " } ?? "") + text)
    }
}

/// Something in the configuration that is worth a warning and stops nothing.
public struct SettingsNotice: Sendable, Hashable, CustomStringConvertible {
    /// Why it is mentioned.
    public enum Kind: String, Sendable {
        /// An option of Glance that has no meaning here, or one of the other daemon.
        case ignored
        /// An option that nobody knows; probably misspelt. A configuration check fails on it.
        case unknown
        /// An older name of an option that is still understood.
        case deprecated
    }

    /// Why it is mentioned.
    public let kind: Kind
    /// Where the option stands.
    public let origin: SettingOrigin
    /// The option as it was written.
    public let name: OptionName
    /// What to know about it; may be empty.
    public let text: String

    /// `file:line: section.option: kind: text`, on one line whatever the file holds.
    public var description: String {
        let label = kind == .unknown ? "unknown option" : kind.rawValue
        return escapingControls("\(origin): \(name): \(label)" + (text.isEmpty ? "" : ": \(text)"))
    }
}

/// Everything that is wrong with a configuration, so that it can be put right in one go.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// At least one; in the order of the files and their lines, then the environment.
    public let problems: [SettingsProblem]
    /// What would have been a warning.
    public let notices: [SettingsNotice]

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Makes control characters visible, so that a value can break neither a log line nor a terminal.
func escapingControls(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: escaped += scalar.escaped(asASCII: true)
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}
