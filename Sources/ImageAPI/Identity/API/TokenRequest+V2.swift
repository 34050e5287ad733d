import GlanceHTTP
import ImageModel
import JSONText

extension TokenRequest {
    /// Reads the body of `POST /v2.0/tokens`.
    ///
    /// - Throws: 400 where it is not one.
    init(v2 body: JSONValue) throws(APIError) {
        guard let auth = body["auth"], case .object = auth else { throw .identityMalformed("there is no 'auth'") }
        func text(_ json: JSONValue, _ names: String...) throws(APIError) -> String? {
            for name in names {
                guard let value = json[name], value != .null else { continue }
                guard let text = value.string, !text.utf8.contains(0) else {
                    throw .identityMalformed("'\(name)' is no text")
                }
                // Old clients send what they were not given as an empty text.
                if !text.isEmpty { return text }
            }
            return nil
        }
        if let credentials = auth["passwordCredentials"] {
            guard let password = try text(credentials, "password") else {
                throw .identityMalformed("there is no 'password'")
            }
            if let id = try text(credentials, "userId") {
                method = .password(.id(id), password: password)
            } else if let name = try text(credentials, "username") {
                method = .password(.name(name), password: password)
            } else {
                throw .identityMalformed("there is no 'username'")
            }
        } else if let token = try auth["token"].flatMap({ json throws(APIError) in try text(json, "id") }) {
            method = .token(token)
        } else {
            throw .identityMalformed("there is neither 'passwordCredentials' nor 'token'")
        }
        if let id = try text(auth, "tenantId") {
            scope = .project(.id(id))
        } else {
            scope = try text(auth, "tenantName").map { .project(.name($0)) }
        }
    }
}
