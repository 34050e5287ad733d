import GlanceHTTP
import ImageModel

// Where v2 asks the policy. Unlike v1 it asks when the image is known.

extension Policy {
    /// Whether a rule allows the caller to do this to an image.
    func allows(_ rule: String, _ image: Image, _ caller: Caller) -> Bool {
        rules.allowsInV2(rule, target: image.policyTarget(for: caller), caller)
    }
}

extension V2API {
    /// Holds a rule up to a caller who asks for no image in particular: the target is its own project.
    ///
    /// - Throws: 403.
    func enforce(_ rule: String, _ call: V2Call) throws(APIError) {
        guard policy.rules.allowsInV2(rule, target: call.caller.policyTarget, call.caller) else {
            throw .notAuthorized(rule)
        }
    }
}
