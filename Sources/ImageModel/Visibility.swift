/// Whom an image is shown to beside its owner. v1 knows only `is_public`: true stands for `public`.
public enum Visibility: String, CaseIterable, Sendable {
    /// Everybody sees and lists it.
    case `public`
    /// Everybody may use it who knows its id.
    case community
    /// Its members see it: the default, and what v1 makes of `is_public=False`.
    case shared
    /// The owner alone.
    case `private`
}

/// How a tenant that an image is shared with has answered.
public enum MemberStatus: String, CaseIterable, Sendable {
    case pending
    case accepted
    case rejected
}
