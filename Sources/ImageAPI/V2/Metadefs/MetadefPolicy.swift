import GlanceHTTP
import ImageModel

// Where the catalogue asks the policy. Who sees a namespace is the registry's to decide.

extension MetadefKind {
    /// The rule for a list of such parts.
    var listRule: String {
        switch self {
        case .object: "get_metadef_objects"
        case .property: "get_metadef_properties"
        case .tag: "get_metadef_tags"
        case .resourceType: "list_metadef_resource_types"
        }
    }

    var getRule: String {
        switch self {
        case .object: "get_metadef_object"
        case .property: "get_metadef_property"
        case .tag: "get_metadef_tag"
        case .resourceType: "get_metadef_resource_type"
        }
    }

    var addRule: String {
        switch self {
        case .object: "add_metadef_object"
        case .property: "add_metadef_property"
        case .tag: "add_metadef_tag"
        case .resourceType: "add_metadef_resource_type_association"
        }
    }

    /// nil: such parts are not changed.
    var modifyRule: String? {
        switch self {
        case .object: "modify_metadef_object"
        case .property: "modify_metadef_property"
        case .tag: "modify_metadef_tag"
        case .resourceType: nil
        }
    }

    var deleteRule: String {
        switch self {
        case .object: "delete_metadef_object"
        case .property: "remove_metadef_property"
        case .tag: "delete_metadef_tag"
        case .resourceType: "remove_metadef_resource_type_association"
        }
    }

    /// The rules for removing all such parts of a namespace.
    var deleteAllRules: [String] {
        self == .tag ? ["delete_metadef_namespace", "delete_metadef_tags"] : ["delete_metadef_namespace"]
    }
}

extension MetadefNamespace {
    /// What a rule may look at.
    var policyTarget: [String: String] {
        var target = ["visibility": visibility.rawValue]
        target["project_id"] = owner
        target["owner"] = owner
        return target
    }
}

extension V2API {
    private static let seeRule = "get_metadef_namespace"

    /// Holds rules up to a caller who asks for something in a namespace.
    ///
    /// The registry is asked for the namespace only where the answer depends on it: a refusal is 403 to those who see
    /// the namespace, 404 to others.
    ///
    /// - Throws: 404, 403.
    func requireMetadef(_ rules: [String], in namespace: String, _ call: V2Call) async throws(APIError) {
        let all = rules + [Self.seeRule]
        let isPlain = !all.contains(where: policy.rules.looksAtTarget)
        if isPlain, all.allSatisfy({ policy.rules.allowsInV2($0, target: [:], call.caller) }) { return }
        let get = GetMetadefNamespace(namespace: namespace, viewer: call.caller.viewer)
        let seen: MetadefNamespace
        do throws(RegistryFailure) {
            seen = try await images.perform(get, call.context).namespace
        } catch {
            throw APIError(metadef: error, notFound: .noNamespace(namespace))
        }
        for rule in [Self.seeRule] + rules
        where !policy.rules.allowsInV2(rule, target: seen.policyTarget, call.caller) {
            throw rule == Self.seeRule ? .noNamespace(namespace) : .notAuthorized(rule)
        }
    }

    /// Whether the policy lets the caller see a namespace that the registry has shown.
    func maySee(_ namespace: MetadefNamespace, _ call: V2Call) -> Bool {
        policy.rules.allowsInV2(Self.seeRule, target: namespace.policyTarget, call.caller)
    }
}
