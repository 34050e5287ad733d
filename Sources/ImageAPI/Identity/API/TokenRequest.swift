import ImageModel
import JSONText

/// What a login asks for, in either version's words.
struct TokenRequest {
    enum Method {
        case password(IdentityReference, password: String)
        case token(String)
        case apiKey(IdentityReference, user: IdentityReference?, secret: String)
    }

    let method: Method
    /// nil: none is named.
    let scope: TokenScope?
}
