import Synchronization

/// Looks up options in the sources of one load, and keeps what is wrong with them.
///
/// Sources from weak to strong: the files in the order given, then the environment. In one file the last line of several
/// with the same key counts; a newer name counts before an older one in the same source.
final class SettingsReader: Sendable {
    /// Set while a settings struct is made from its sources; see `Setting`.
    @TaskLocal static var current: SettingsReader?

    private struct State {
        var problems: [SettingsProblem] = []
        /// Names asked for; an older name leads to the one that replaced it.
        var declared: [OptionName: OptionName] = [:]
        /// About other things than the options themselves.
        var notices: [SettingsNotice] = []
    }

    /// The folder of the first file, to which names of further files are relative; nil without a file.
    let folder: String?

    /// From weak to strong, each in the order of its lines.
    private let sources: [[INIFile.Entry]]
    private let latest: [[OptionName: INIFile.Entry]]
    private let state = Mutex(State())

    init(files: [INIFile], environment: [String: String], folder: String? = nil) {
        self.folder = folder
        let variables = environment.sorted { $0.key < $1.key }.compactMap { variable, value in
            OptionName(environmentVariable: variable).map { name in
                INIFile.Entry(
                    name: name, value: value.trimmingBlanks, origin: .environment(variable: variable))
            }
        }
        sources = files.map(\.entries) + [variables]
        latest = sources.map { entries in
            Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        }
        state.withLock { $0.problems = files.flatMap(\.problems) }
    }

    /// The value of an option by the first of its names that a source has; nil when there is none, or a bad one.
    func read<Value>(_ names: [OptionName], as type: SettingType<Value>) -> Value? {
        state.withLock { state in
            for name in names where state.declared[name] == nil { state.declared[name] = names[0] }
        }
        for source in latest.reversed() {
            guard let entry = names.lazy.compactMap({ source[$0] }).first else { continue }
            if entry.value.isEmpty && type.emptyMeansUnset { return nil }
            do {
                return try type.parse(entry.value)
            } catch {
                let problem = SettingsProblem(entry.origin, name: entry.name, error.text)
                state.withLock { $0.problems.append(problem) }
                return nil
            }
        }
        return nil
    }

    /// Where the value of an option stands that counts; nil when no source has it.
    func origin(of name: OptionName) -> SettingOrigin? {
        latest.reversed().lazy.compactMap { $0[name]?.origin }.first
    }

    /// Adds what is wrong with a file that an option names.
    func report(_ problem: SettingsProblem) {
        state.withLock { $0.problems.append(problem) }
    }

    /// Adds what is worth a warning about a file that an option names.
    func report(_ notice: SettingsNotice) {
        state.withLock { $0.notices.append(notice) }
    }

    /// What is wrong, by file and line.
    var problems: [SettingsProblem] {
        state.withLock { state in state.problems }.enumerated()
            .map { (place: place($0.element.origin), offset: $0.offset, problem: $0.element) }
            .sorted { ($0.place.file, $0.place.line, $0.offset) < ($1.place.file, $1.place.line, $1.offset) }
            .map(\.problem)
    }

    /// What to say about every line whose option was not asked for, or was asked for by another name.
    /// - Parameter others: the options of other programs, and their names: all are often set up from one file.
    func notices(others: [(names: Set<OptionName>, program: String)]) -> [SettingsNotice] {
        let declared = declared
        let knownNames = others.reduce(Set(declared.keys)) { $0.union($1.names) }
        let knownSections = Set(knownNames.map(\.section)).union(IgnoredOptions.sections)
        let lines: [SettingsNotice] = sources.joined().compactMap { entry in
            let name = entry.name
            func notice(_ kind: SettingsNotice.Kind, _ text: String) -> SettingsNotice {
                SettingsNotice(kind: kind, origin: entry.origin, name: name, text: text)
            }
            if let current = declared[name] {
                return current == name ? nil : notice(.deprecated, "is now \(current)")
            }
            if let reason = IgnoredOptions.reason(for: name) { return notice(.ignored, reason) }
            if let other = others.first(where: { $0.names.contains(name) }) {
                return notice(.ignored, "an option of \(other.program)")
            }
            // The environment is shared with other software that speaks this form.
            if case .environment = entry.origin, !knownSections.contains(name.section) { return nil }
            let elsewhere = knownNames.filter { $0.option == name.option }.map { "[\($0.section)]" }.sorted()
            return notice(
                .unknown,
                elsewhere.isEmpty ? "" : "there is one of that name in \(elsewhere.joined(separator: " and "))")
        }
        return lines + state.withLock { $0.notices }
    }

    /// The names that were asked for; an older one leads to the one that replaced it.
    var declared: [OptionName: OptionName] {
        state.withLock { state in state.declared }
    }

    /// Where an origin comes in the order of the sources; a file of which nothing could be read comes first.
    private func place(_ origin: SettingOrigin) -> (file: Int, line: Int) {
        guard case .file(let path, let line) = origin else { return (.max, 0) }
        let index = sources.firstIndex { entries in
            guard case .file(let ofEntries, _)? = entries.first?.origin else { return false }
            return ofEntries == path
        }
        return (index ?? -1, line ?? 0)
    }
}
