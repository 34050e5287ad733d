/// The section and the name of an option, as they stand in the file: `DEFAULT.bind_port`.
public struct OptionName: Hashable, Sendable, CustomStringConvertible {
    static let defaultSection = "DEFAULT"

    /// `DEFAULT`, or the section's name in lower case.
    public let section: String
    /// The option's name as written.
    public let option: String

    /// Names an option; the section's case does not matter.
    public init(_ section: String, _ option: String) {
        let lower = section.lowercased()
        self.section = lower == "default" ? Self.defaultSection : lower
        self.option = option
    }

    /// Reads `OS_<GROUP>__<OPTION>`, oslo.config's form for the environment; nil for any other variable.
    init?(environmentVariable variable: String) {
        guard variable.hasPrefix("OS_") else { return nil }
        let name = variable.dropFirst(3)
        var separator = name.startIndex
        while separator < name.endIndex, !name[separator...].hasPrefix("__") {
            separator = name.index(after: separator)
        }
        let option = name[separator...].dropFirst(2)
        guard separator > name.startIndex, !option.isEmpty else { return nil }
        self.init(String(name[..<separator]), option.lowercased())
    }

    /// `section.option`.
    public var description: String { "\(section).\(option)" }
}

/// Where a value was found.
public enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    /// A line of a file, counted from 1; nil when the file as a whole is meant.
    case file(path: String, line: Int?)
    /// A variable of the environment.
    case environment(variable: String)

    /// `path:line`, or `environment OS_...`.
    public var description: String {
        switch self {
        case .file(let path, let line?): "\(path):\(line)"
        case .file(let path, nil): path
        case .environment(let variable): "environment \(variable)"
        }
    }
}
