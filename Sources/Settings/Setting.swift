/// Declares one option where its value is kept: section, name, type, default, older names.
///
///     /// Seconds without a byte from a client. 0 waits for ever.
///     @Setting("DEFAULT", "client_socket_timeout", .secondsOrNever, default: 900)
///     public var clientIdleSeconds: Int?
///
/// The declaration is also the reading: while settings are loaded, making the struct takes each value from the files and
/// the environment. At any other time (`APISettings()` in a test) it has its default. So there is one list of options,
/// and none can be declared and forgotten.
@propertyWrapper
public struct Setting<Value: Sendable>: Sendable {
    /// The value in force.
    public var wrappedValue: Value

    /// Declares an option.
    /// - Parameter aliases: sections and names by which the option was known before; they are read when the name itself
    ///   is not there.
    public init(
        _ section: String, _ option: String, _ type: SettingType<Value>, default: Value,
        aliases: [(section: String, option: String)] = []
    ) {
        wrappedValue = `default`
        guard let reader = SettingsReader.current else { return }
        let names = [OptionName(section, option)] + aliases.map { OptionName($0.section, $0.option) }
        if let value = reader.read(names, as: type) { wrappedValue = value }
    }
}
