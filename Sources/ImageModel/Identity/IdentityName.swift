/// What may be the name of a thing in the embedded identity, whoever makes it: a text that can be shown in a line and sent
/// in a header. The registry holds everybody to it.
public enum IdentityName: Sendable {
    case user, project, projectID, apiKey

    /// Keystone's limits.
    private var charactersMax: Int { self == .project ? 64 : 255 }

    private var noun: String {
        switch self {
        case .user: "the name of a user"
        case .project: "the name of a project"
        case .projectID: "the id of a project"
        case .apiKey: "the name of an API key"
        }
    }

    /// What is wrong with a text as such a name; nil where it may be one.
    public func problem(with text: String) -> String? {
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...charactersMax).contains(text.unicodeScalars.count), isPlain, text.first != " ", text.last != " "
        else { return "\(noun) has 1 to \(charactersMax) characters, no blank at either end and no control characters" }
        return nil
    }
}
