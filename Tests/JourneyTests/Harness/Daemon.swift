import Glibc
import Testing

/// One daemon, which may be ended and started again on the same configuration.
final class Daemon {
    /// It did not come up.
    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    private let words: [String]
    private let configuration: String
    private let logPath: String
    private(set) var process: ChildProcess?
    /// What its last start has logged as `address=` or `socket=`.
    private(set) var address = ""

    /// - Parameter launcher: a program, with its arguments, that starts the daemon in its own place.
    init(_ name: String, configuration: String, folder: TemporaryFolder, launcher: [String] = []) throws {
        self.name = name
        self.configuration = configuration
        words = launcher + [try Executables.daemon(name)]
        logPath = "\(folder.path)/\(name).log"
    }

    /// Its log, of all starts.
    var log: String {
        String(decoding: (try? contents(of: logPath)) ?? [], as: UTF8.self)
    }

    var id: pid_t { process?.id ?? -1 }
    var isRunning: Bool { process?.isRunning ?? false }

    /// The port of its last start.
    var port: UInt16 { address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

    func start(environment: [String: String] = [:], waits: Bool = true) throws {
        precondition(!isRunning, "\(name) runs already")
        let before = (try? contents(of: logPath))?.count ?? 0
        let process = try ChildProcess(
            words[0], words.dropFirst() + ["--config-file", configuration], environment: environment, output: logPath,
            errors: logPath)
        self.process = process
        guard waits else { return }
        let isUp = try eventually(within: 60) {
            let isRunning = process.isRunning
            let log = String(decoding: try contents(of: logPath).dropFirst(before), as: UTF8.self)
            if let line = log.split(separator: "\n").first(where: { $0.contains(": listening ") }) {
                let fields = line.split(separator: " ")
                let field = fields.first { $0.hasPrefix("address=") || $0.hasPrefix("socket=") }
                address = field.map { String($0.drop { $0 != "=" }.dropFirst()) } ?? ""
                return true
            }
            if !isRunning { throw NotStarted(description: "\(name) has ended: \(log)") }
            return false
        }
        guard isUp else { throw NotStarted(description: "\(name) does not listen: \(log.suffix(2000))") }
    }

    /// SIGKILL: what a power cut leaves of a process.
    func kill() throws {
        guard let process else { return }
        process.signal(SIGKILL)
        #expect(try process.wait(seconds: 20) == .signal(SIGKILL), "\(name) had ended by itself")
        self.process = nil
    }

    /// A signal that asks it to stop, and the wait for an orderly end.
    func stop(_ signal: CInt = SIGTERM) throws {
        guard let process else { return }
        process.signal(signal)
        #expect(try process.wait(seconds: 60) == .exit(0), "\(name) did not end in order")
        self.process = nil
    }

    /// Waits until the log has the text, behind what was there before.
    func waitForLog(_ text: String, after start: Int = 0, seconds: Double = 30) throws {
        let isThere = eventually(within: seconds) { log.utf8.dropFirst(start).contains(Array(text.utf8)) }
        try #require(isThere, "\(name) did not log: \(text)")
    }

    /// What a sanitizer has found, or the runtime before it gave up.
    var reports: [String] {
        log.split(separator: "\n").map(String.init).filter { line in
            ["Sanitizer", "runtime error", "Fatal error", "*** Signal"].contains { line.contains($0) }
        }
    }

    /// Open descriptors.
    func openDescriptors() -> [String] {
        guard let folder = opendir("/proc/\(id)/fd") else { return [] }
        defer { closedir(folder) }
        var targets: [String] = []
        while let entry = readdir(folder) {
            let number = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var target = [UInt8](repeating: 0, count: 512)
            let count = target.withUnsafeMutableBytes { buffer in
                let start = buffer.assumingMemoryBound(to: CChar.self).baseAddress
                return start.map { readlink("/proc/\(id)/fd/\(number)", $0, 512) } ?? -1
            }
            if count > 0 { targets.append(String(decoding: target[..<count], as: UTF8.self)) }
        }
        return targets
    }

    /// The most memory that it has had resident since its start, in bytes.
    func residentBytesMax() throws -> Int64 {
        let status = String(decoding: try contents(of: "/proc/\(id)/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kibibytes = try #require(line.split(separator: " ").dropLast().last.flatMap { Int64($0) })
        return kibibytes * 1024
    }
}
