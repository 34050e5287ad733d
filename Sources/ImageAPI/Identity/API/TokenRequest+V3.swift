import GlanceHTTP
import ImageModel
import JSONText

extension TokenRequest {
    /// Reads the body of `POST /v3/auth/tokens`.
    ///
    /// - Throws: 400 where it is not one; 401 for a method, a domain or a scope that there is not.
    init(v3 body: JSONValue) throws(APIError) {
        let auth = try body.object("auth", in: "the body")
        let identity = try auth.object("identity", in: "auth")
        guard let methods = identity["methods"]?.array?.map(\.string), let first = methods.first, let method = first
        else { throw .identityMalformed("auth.identity.methods is missing") }
        // One proof is enough, and what nobody checks must not look like a second one.
        guard methods.count == 1 else { throw .authMethodUnknown(methods.map { $0 ?? "" }.joined(separator: "+")) }
        switch method {
        case "password":
            let user = try identity.object("password", in: "auth.identity").object("user", in: "password")
            self.method = .password(
                try Self.reference(user, what: "user"), password: try user.text("password", in: "user"))
        case "token":
            self.method = .token(try identity.object("token", in: "auth.identity").text("id", in: "token"))
        case "application_credential":
            let key = try identity.object("application_credential", in: "auth.identity")
            let secret = try key.text("secret", in: "application_credential")
            if key["id"] != nil {
                self.method = .apiKey(
                    .id(try key.text("id", in: "application_credential")), user: nil, secret: secret)
            } else {
                let user = try key.object("user", in: "application_credential")
                self.method = .apiKey(
                    .name(try key.text("name", in: "application_credential")),
                    user: try Self.reference(user, what: "user"), secret: secret)
            }
        default: throw .authMethodUnknown(method)
        }
        scope = try Self.scope(auth["scope"])
    }

    private static func scope(_ json: JSONValue?) throws(APIError) -> TokenScope? {
        guard let json, json != .null else { return nil }
        if json.string == "unscoped" { return .unscoped }
        guard case .object = json else { throw .identityMalformed("auth.scope is no object") }
        if json["unscoped"] != nil { return .unscoped }
        guard json["project"] != nil else { throw .scopeNotOffered }
        return .project(try reference(try json.object("project", in: "scope"), what: "project"))
    }

    /// Something by its id, or by its name and domain. A name in a domain that there is not is one that nobody has.
    private static func reference(_ json: JSONValue, what: String) throws(APIError) -> IdentityReference {
        if json["id"] != nil { return .id(try json.text("id", in: what)) }
        let name = try json.text("name", in: what)
        if let domain = json["domain"], domain != .null {
            let isOurs =
                domain["id"]?.string.map { $0 == IdentityDocuments.domainID }
                ?? (domain["name"]?.string?.lowercased() == IdentityDocuments.domainName.lowercased())
            guard isOurs else { throw .unauthorized }
        }
        return .name(name)
    }
}

extension JSONValue {
    fileprivate func object(_ name: String, in parent: String) throws(APIError) -> JSONValue {
        guard let value = self[name], case .object = value else {
            throw .identityMalformed("\(parent) has no object '\(name)'")
        }
        return value
    }

    /// The text is not shown in the error: it may be a secret at the wrong place.
    fileprivate func text(_ name: String, in parent: String) throws(APIError) -> String {
        guard let text = self[name]?.string, !text.utf8.contains(0) else {
            throw .identityMalformed("\(parent) has no text '\(name)'")
        }
        return text
    }
}
