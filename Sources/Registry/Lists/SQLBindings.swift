import GRDB

/// The values of a statement that is put together: each is bound under a number, none stands in the text.
struct SQLBindings {
    private(set) var values: [DatabaseValue] = []

    /// Keeps a value and returns its place in the text, such as `?3`; it may stand there more than once.
    mutating func bind(_ value: some DatabaseValueConvertible) -> String {
        values.append(value.databaseValue)
        return "?\(values.count)"
    }

    var arguments: StatementArguments { StatementArguments(values) }
}
