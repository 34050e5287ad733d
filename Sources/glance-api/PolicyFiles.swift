import Glibc
import ImageAPI
import Logging
import Settings

/// Where the files of the policy lie.
struct PolicyFiles {
    /// nil: the defaults.
    let rules: String?
    /// nil: custom properties are not protected.
    let protections: String?
    private let format: String
    /// A file with the name that Glance's own configuration gives it, and which is nowhere.
    private let missing: String?
    private static let usualNames = ["policy.yaml", "policy.json"]

    /// - Parameter folders: where what has a relative path is looked for, in this order.
    init(_ settings: APISettings.Policy, folders: [String]) {
        format = settings.propertyProtectionFormat
        protections = settings.propertyProtectionFile.map { Self.path(of: $0, in: folders) }
        if let file = settings.policyFile {
            let path = Self.path(of: file, in: folders)
            // Configurations from Glance's packages have this line with its default; then Glance does without the file.
            missing = Self.usualNames.contains(file) && !Self.exists(path) ? path : nil
            rules = missing == nil ? path : nil
        } else {
            // As oslo.policy has it: the newer name counts, where both are there.
            rules = folders.flatMap { folder in Self.usualNames.map { "\(folder)/\($0)" } }.first(where: Self.exists)
            missing = nil
        }
    }

    /// Names the files that count, and what is odd about them.
    func report(_ policy: Policy, to logger: Logger) {
        if rules != nil || protections != nil {
            logger.info(
                "policy",
                metadata: ["file": "\(rules ?? "(defaults)")", "property_protections": "\(protections ?? "(none)")"])
        }
        if let missing {
            logger.warning("policy", metadata: ["notice": "there is no \(missing): the default rules count"])
        }
        for notice in policy.notices { logger.warning("policy", metadata: ["notice": "\(notice)"]) }
    }

    /// A file that is nowhere is reported by the path where it should be.
    private static func path(of file: String, in folders: [String]) -> String {
        guard !file.hasPrefix("/"), let first = folders.first else { return file }
        return folders.map { "\($0)/\(file)" }.first(where: exists) ?? "\(first)/\(file)"
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    fileprivate var protectionFormat: PropertyProtections.Format {
        PropertyProtections.Format(rawValue: format) ?? .roles
    }
}

extension Policy {
    /// Reads the files.
    ///
    /// - Throws: `PolicyFileError`, which names file and line: a policy that is not understood must not be guessed at.
    init(_ files: PolicyFiles) throws(PolicyFileError) {
        var rules = PolicyRules()
        if let path = files.rules { rules = try PolicyRules(file: path) }
        var protections: PropertyProtections?
        if let path = files.protections {
            protections = try PropertyProtections(file: path, format: files.protectionFormat, rules: rules)
        }
        self.init(rules: rules, protections: protections)
    }
}
