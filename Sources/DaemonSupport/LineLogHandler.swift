import Glibc
import ImageModel
import Logging

/// Log lines of the form `2026-11-23T08:15:00.123Z info glance-api: message key=value …`, one event a line.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let output: LogOutput

    public init(label: String, level: Logger.Level, output: LogOutput) {
        self.label = label
        self.output = output
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = Timestamp.now.logText
        line += " \(event.level.rawValue) \(label): "
        append(event.message.description, to: &line)
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            line += " \(key)="
            let text = "\(value)"
            if text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }) {
                line += "\""
                append(text, to: &line, quoted: true)
                line += "\""
            } else {
                append(text, to: &line)
            }
        }
        output.write(line: line)
    }

    /// What a client sent must not begin a line of its own, nor steer a terminal.
    private func append(_ text: String, to line: inout String, quoted: Bool = false) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quoted, "\\" where quoted:
                line.unicodeScalars.append("\\")
                line.unicodeScalars.append(scalar)
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Timestamp {
    /// ISO 8601 with milliseconds and `Z`.
    fileprivate var logText: String {
        let milliseconds = String(microseconds / 1000 % 1000)
        let text = v2Text.dropLast()
        return text + "." + String(repeating: "0", count: 3 - milliseconds.utf8.count) + milliseconds + "Z"
    }
}
