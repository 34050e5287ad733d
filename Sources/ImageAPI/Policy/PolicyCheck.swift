/// A rule of oslo.policy's language, ready to be asked.
indirect enum PolicyCheck: Equatable, Sendable {
    /// `@`, and the empty text.
    case everybody
    /// `!`
    case nobody
    /// `role:member`, whatever its case.
    case role(PolicyTemplate)
    /// `rule:other`
    case rule(String)
    /// `project_id:%(owner)s`: an attribute of the caller equals the text.
    case attribute(String, PolicyTemplate)
    /// `'public':%(visibility)s`: the literal equals the text.
    case literal(String, PolicyTemplate)
    case not(PolicyCheck)
    case all([PolicyCheck])
    case any([PolicyCheck])

    /// Whether the caller passes.
    ///
    /// - Parameters:
    ///   - target: attributes of what the caller wants to work on.
    ///   - rules: those that `rule:` refers to. They have no circle, see `PolicyRules`.
    func passes(_ caller: Caller, target: [String: String], rules: [String: PolicyCheck]) -> Bool {
        switch self {
        case .everybody: return true
        case .nobody: return false
        case .role(let template):
            guard let role = template.text(for: target)?.lowercased() else { return false }
            return caller.roles.contains(role)
        case .rule(let name):
            return rules[name]?.passes(caller, target: target, rules: rules) ?? false
        case .attribute(let name, let template):
            guard let text = template.text(for: target) else { return false }
            return caller.policyValues(name).contains(text)
        case .literal(let literal, let template):
            return template.text(for: target) == literal
        case .not(let check):
            return !check.passes(caller, target: target, rules: rules)
        case .all(let checks):
            return checks.allSatisfy { $0.passes(caller, target: target, rules: rules) }
        case .any(let checks):
            return checks.contains { $0.passes(caller, target: target, rules: rules) }
        }
    }

    /// The rules that it refers to.
    var references: [String] {
        switch self {
        case .rule(let name): [name]
        case .not(let check): check.references
        case .all(let checks), .any(let checks): checks.flatMap(\.references)
        default: []
        }
    }

    /// Whether it compares with an attribute of the target; what its references do is left out.
    var looksAtTarget: Bool {
        switch self {
        case .everybody, .nobody, .rule: false
        case .role(let template), .attribute(_, let template), .literal(_, let template): template.looksAtTarget
        case .not(let check): check.looksAtTarget
        case .all(let checks), .any(let checks): checks.contains(where: \.looksAtTarget)
        }
    }
}

extension Caller {
    /// What an attribute of the caller is in a rule: several values for `roles`, none where there is no such attribute
    /// or it is not set.
    func policyValues(_ name: String) -> [String] {
        switch name {
        case "user_id", "user": userID.map { [$0] } ?? []
        case "project_id", "project", "tenant_id", "tenant": projectID.map { [$0] } ?? []
        case "roles": roles
        case "is_admin": [isAdmin ? "True" : "False"]
        case "read_only": [isReadOnly ? "True" : "False"]
        // Keystone's way to bound admins to one project; oslo.policy takes it for true where it is not in use.
        case "is_admin_project": ["True"]
        default: []
        }
    }

    /// The target of what concerns no image yet: the caller's own project.
    var policyTarget: [String: String] {
        var target: [String: String] = [:]
        target["user_id"] = userID
        target["project_id"] = projectID
        target["tenant"] = projectID
        target["owner"] = owner
        return target
    }
}
