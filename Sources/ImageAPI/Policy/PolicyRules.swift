/// The rules that say who may do what, in oslo.policy's language: read once, asked at each request, by any API version.
public struct PolicyRules: Sendable {
    private let checks: [String: PolicyCheck]
    /// What v2 asks instead: its own defaults, where the file says nothing.
    private let checksOfV2: [String: PolicyCheck]
    /// Those that look at the target, themselves or through others.
    private let targeted: Set<String>
    /// Names in the file that Glance does not ask for and no other rule refers to, with their lines.
    private let strangers: [(name: String, origin: String)]

    /// A chain of `rule:` may have so many links. It bounds the stack.
    private static let linksMax = 64

    /// Glance's defaults; see `PolicyDefaults`.
    public init() {
        do throws(PolicyFileError) {
            try self.init(nil)
        } catch {
            preconditionFailure("the default policy is broken: \(error)")
        }
    }

    /// The rules of a file, and defaults for those that it does not name.
    ///
    /// As in Pike, a rule called `default` in the file stands in for what the file leaves out, but never for
    /// `context_is_admin`.
    ///
    /// - Throws: `PolicyFileError` where the file or one rule in it can't be understood, refers to a rule that there is
    ///   not, or to itself.
    public init(file path: String) throws(PolicyFileError) {
        try self.init(try PolicyFile(reading: path))
    }

    init(_ file: PolicyFile?) throws(PolicyFileError) {
        var checks: [String: PolicyCheck] = [:]
        for (name, value) in file?.rules ?? [] {
            do throws(PolicySyntaxError) {
                checks[name] = try PolicyParser.check(value)
            } catch {
                throw PolicyFileError(file?.path ?? "", line: file?.line(of: name), "rule '\(name)': \(error.reason)")
            }
        }
        let own = checks
        do throws(PolicySyntaxError) {
            for (name, text) in PolicyDefaults.bases where own[name] == nil {
                checks[name] = try PolicyParser.check(text)
            }
            for (name, text) in PolicyDefaults.rules where own[name] == nil {
                if let stand = own["default"] {
                    checks[name] = stand
                } else {
                    checks[name] = try PolicyParser.check(text)
                }
            }
            var ofV2: [String: PolicyCheck] = [:]
            for (name, text) in PolicyDefaults.rulesOfV2 where own[name] == nil && own["default"] == nil {
                ofV2[name] = try PolicyParser.check(text)
            }
            checksOfV2 = ofV2
        } catch {
            preconditionFailure("the default policy is broken: \(error.reason)")
        }
        var traits: [String: Traits] = [:]
        for name in checks.keys.sorted() {
            do throws(PolicySyntaxError) {
                _ = try Self.traits(of: name, checks, &traits, linksLeft: Self.linksMax)
            } catch {
                throw PolicyFileError(file?.path ?? "", line: file?.line(of: name), "rule '\(name)': \(error.reason)")
            }
        }
        self.checks = checks
        targeted = Set(traits.filter(\.value.looksAtTarget).keys)
        let known = Set(PolicyDefaults.rules.keys).union(PolicyDefaults.bases.keys)
        let referred = Set(own.values.flatMap(\.references))
        strangers = own.keys.filter { !known.contains($0) && !referred.contains($0) }.sorted().map { name in
            (name, file.map { file in file.line(of: name).map { "\(file.path):\($0)" } ?? file.path } ?? "")
        }
    }

    private struct Traits {
        var looksAtTarget: Bool
        /// The longest chain of references from it.
        var links: Int
    }

    /// What a rule is like with all that it refers to.
    ///
    /// - Throws: where a reference leads nowhere, in a circle, or through too many others.
    private static func traits(
        of name: String, _ checks: [String: PolicyCheck], _ known: inout [String: Traits], linksLeft: Int
    ) throws(PolicySyntaxError) -> Traits {
        if let traits = known[name], traits.links < linksLeft { return traits }
        guard linksLeft > 0 else {
            throw PolicySyntaxError("refers to itself, or to others through more than \(linksMax) rules")
        }
        guard let check = checks[name] else { throw PolicySyntaxError("refers to rule '\(name)', which there is not") }
        var traits = Traits(looksAtTarget: check.looksAtTarget, links: 0)
        for reference in check.references {
            let other = try Self.traits(of: reference, checks, &known, linksLeft: linksLeft - 1)
            traits.looksAtTarget = traits.looksAtTarget || other.looksAtTarget
            traits.links = max(traits.links, other.links + 1)
        }
        known[name] = traits
        return traits
    }

    /// Whether the caller may do what the rule is about; false for a rule that there is not.
    ///
    /// - Parameter target: attributes of what it is done to; made only where the rule looks at them.
    public func allows(
        _ rule: String, target: @autoclosure () -> [String: String] = [:], _ caller: Caller
    ) -> Bool {
        guard let check = checks[rule] else { return false }
        if case .everybody = check { return true }
        return check.passes(caller, target: targeted.contains(rule) ? target() : [:], rules: checks)
    }

    /// Whether the caller may do what the rule is about, by v2's defaults.
    ///
    /// - Parameter target: attributes of what it is done to; made only where the rule looks at them.
    public func allowsInV2(
        _ rule: String, target: @autoclosure () -> [String: String] = [:], _ caller: Caller
    ) -> Bool {
        guard let check = checksOfV2[rule] else { return allows(rule, target: target(), caller) }
        return check.passes(caller, target: [:], rules: checks)
    }

    /// Whether the rule's answer depends on the target.
    public func looksAtTarget(_ rule: String) -> Bool { targeted.contains(rule) }

    /// Whether there is such a rule.
    func has(_ rule: String) -> Bool { checks[rule] != nil }

    /// What is worth a warning: rules that nobody asks.
    ///
    /// - Parameter used: names that are asked from elsewhere.
    func notices(used: Set<String>) -> [String] {
        strangers.filter { !used.contains($0.name) }.map { "\($0.origin): no rule of Glance is called '\($0.name)'" }
    }
}
