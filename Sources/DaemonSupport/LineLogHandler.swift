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
        var line: [UInt8] = []
        line.reserveCapacity(384)
        line.append(contentsOf: Timestamp.now.millisecondText.utf8)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: event.level.rawValue.utf8)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: label.utf8)
        line.append(contentsOf: ": ".utf8)
        append(event.message.description, to: &line)
        let own = event.metadata ?? [:]
        let all = metadata.isEmpty ? own : metadata.merging(own, uniquingKeysWith: { $1 })
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: " "))
            line.append(contentsOf: key.utf8)
            line.append(UInt8(ascii: "="))
            let text = if case .string(let text) = value { text } else { "\(value)" }
            if text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }) {
                line.append(UInt8(ascii: "\""))
                append(text, to: &line, quoted: true)
                line.append(UInt8(ascii: "\""))
            } else {
                append(text, to: &line)
            }
        }
        output.write(line: line)
    }

    /// What a client sent must not begin a line of its own, nor steer a terminal.
    private func append(_ text: String, to line: inout [UInt8], quoted: Bool = false) {
        // Nearly all that is logged is plain ASCII; quotes and backslashes matter inside of quotes only.
        if !quoted && text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            line.append(contentsOf: text.utf8)
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quoted, "\\" where quoted:
                line.append(UInt8(ascii: "\\"))
                line.append(contentsOf: String(scalar).utf8)
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029:
                line.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            default: line.append(contentsOf: String(scalar).utf8)
            }
        }
    }
}
