import GlanceHTTP
import ImageModel

// Where rules of the policy are asked: before an image is read, as in Glance. There a rule knows nothing of the image
// then, and one that compares with it refuses everybody; here such a rule waits until the image has been read.

extension V1API {
    /// What the headers of a POST or PUT call for beside the right to create or change.
    static func rules(for metadata: MetadataHeaders, hasBody: Bool) -> [String] {
        var rules: [String] = []
        if metadata.isPublic == true { rules.append("publicize_image") }
        if metadata.copyFrom != nil { rules.append("copy_from") }
        if hasBody || metadata.copyFrom != nil { rules.append("upload_image") }
        return rules
    }

    /// Holds rules up to a caller who asks for no image in particular: the target is its own project.
    ///
    /// - Throws: 403.
    func enforce(_ rules: [String], _ call: V1Call) throws(APIError) {
        for rule in rules { try policy.enforce(rule, target: call.caller.policyTarget, call.caller) }
    }

    /// The image that a path names, where all rules allow the call.
    ///
    /// - Throws: 404 where the caller may not see it, 403.
    func image(_ call: V1Call, allowedBy rules: [String]) async throws(APIError) -> Image {
        for rule in rules where !policy.rules.looksAtTarget(rule) { try policy.enforce(rule, call.caller) }
        let image = try await image(call)
        for rule in rules where policy.rules.looksAtTarget(rule) {
            try policy.enforce(rule, target: image.policyTarget(for: call.caller), call.caller)
        }
        return image
    }

    /// Holds a rule about members up to the caller; the image is read where the rule looks at it only.
    ///
    /// - Throws: 403; 404 where the caller may not see the image.
    func enforce(_ rule: String, onImageOf call: V1Call) async throws(APIError) {
        if policy.rules.looksAtTarget(rule) {
            _ = try await image(call, allowedBy: [rule])
        } else {
            try policy.enforce(rule, call.caller)
        }
    }
}
