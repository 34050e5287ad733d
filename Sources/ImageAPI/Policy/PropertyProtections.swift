/// Who may create, read, update and delete which custom properties: the sections of a property protection file, in
/// order. The first whose expression matches a property's name counts; where none does, nobody may.
public struct PropertyProtections: Sendable {
    /// What can be done with a property.
    enum Action: String, CaseIterable, Sendable {
        case create, read, update, delete
    }

    /// Who may.
    enum Permission: Equatable, Sendable {
        /// `@`
        case everybody
        /// `!`, and where nothing is said.
        case nobody
        /// Callers with one of these roles, in lower case.
        case roles(Set<String>)
        /// Whom a rule of the policy allows.
        case policy(String)

        func permits(_ caller: Caller, _ rules: PolicyRules) -> Bool {
            switch self {
            case .everybody: true
            case .nobody: false
            case .roles(let roles): !roles.isDisjoint(with: caller.roles)
            case .policy(let rule): rules.allows(rule, caller)
            }
        }
    }

    /// `property_protection_rule_format`: what stands behind an action.
    public enum Format: String, Sendable {
        /// Roles, parted by commas.
        case roles
        /// One rule of the policy.
        case policies
    }

    struct Section: Sendable {
        let expression: RegularExpression
        var permissions: [Action: Permission] = [:]
    }

    private let sections: [Section]
    /// The rules of the policy that it names.
    let policies: Set<String>
    /// Actions about which a section says nothing.
    let notices: [String]

    /// Reads a file.
    ///
    /// - Parameter rules: what the names stand for, where the format is `policies`.
    /// - Throws: `PolicyFileError` with file and line for anything that can't be understood.
    public init(file path: String, format: Format, rules: PolicyRules) throws(PolicyFileError) {
        let bytes = try PolicyFile.read(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PolicyFileError(path, "is not valid UTF-8")
        }
        try self.init(text, path: path, format: format, rules: rules)
    }

    init(_ text: String, path: String, format: Format, rules: PolicyRules) throws(PolicyFileError) {
        let file = try PropertyProtectionFile(text, path: path)
        var notices: [String] = []
        var policies: Set<String> = []
        var sections: [Section] = []
        for section in file.sections {
            var made: Section
            do throws(PolicySyntaxError) {
                made = Section(expression: try RegularExpression(section.expression))
            } catch {
                throw PolicyFileError(path, line: section.line, "[\(section.expression)] \(error.reason)")
            }
            for action in Action.allCases {
                guard let option = section.options[action] else {
                    notices.append(
                        "\(path):\(section.line): [\(section.expression)] does not say who may \(action.rawValue): "
                            + "nobody may")
                    continue
                }
                do throws(PolicySyntaxError) {
                    let permission = try Permission(option.value, format: format, rules: rules)
                    if case .policy(let rule) = permission { policies.insert(rule) }
                    made.permissions[action] = permission
                } catch {
                    throw PolicyFileError(
                        path, line: option.line, "[\(section.expression)] \(action.rawValue): \(error.reason)")
                }
            }
            sections.append(made)
        }
        self.sections = sections
        self.notices = notices
        self.policies = policies
    }

    /// Whether the caller may do this with a property of that name. A file without a section protects nothing.
    func permits(_ action: Action, _ property: String, _ caller: Caller, _ rules: PolicyRules) -> Bool {
        if sections.isEmpty { return true }
        let section = sections.first { $0.expression.matches(property) }
        return section?.permissions[action]?.permits(caller, rules) ?? false
    }
}

extension PropertyProtections.Permission {
    fileprivate init(
        _ value: String, format: PropertyProtections.Format, rules: PolicyRules
    ) throws(PolicySyntaxError) {
        let words = value.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        guard !words.isEmpty else { throw PolicySyntaxError("says nothing; '!' stands for nobody") }
        if words.contains("!"), words.contains("@") {
            throw PolicySyntaxError("'@' and '!' exclude one another")
        }
        if format == .policies, words.count > 1 {
            throw PolicySyntaxError("names several policies; combine them in the policy file")
        }
        if words.contains("!") {
            self = .nobody
        } else if words.contains("@") {
            self = .everybody
        } else if format == .roles {
            self = .roles(Set(words.map { $0.lowercased() }))
        } else {
            guard rules.has(words[0]) else {
                throw PolicySyntaxError("names policy '\(words[0])', which there is not")
            }
            self = .policy(words[0])
        }
    }
}
