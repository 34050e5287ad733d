import ArgumentParser
import Credentials
import Glibc
import Posix

/// Where a password comes from: never the command line, which every user of the machine can read.
struct PasswordSource: ParsableArguments {
    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp(
            "The file whose first line is the password; - is standard input. By default it is asked for.",
            valueName: "file"))
    var file: String?

    @Flag(name: .customLong("random-password"), help: "Make a random password and print it.")
    var isRandom = false

    func validate() throws {
        guard file == nil || !isRandom else {
            throw ValidationError("--password-file and --random-password exclude each other")
        }
    }

    /// Hashes the password; prints it where it was made here.
    func hash(for user: String) throws -> String {
        let password: String
        if isRandom {
            password = SecretText.randomPassword()
        } else if let file, file != "-" {
            password = try firstLine(of: Descriptor.open(file, O_RDONLY).rawValueLine())
        } else if file == nil, isatty(STDIN_FILENO) == 1 {
            password = try ask("Password of \(user): ")
            guard try ask("Again: ") == password else { throw ManageError(description: "the two differ") }
        } else {
            password = try firstLine(of: readAll(STDIN_FILENO))
        }
        let text = try PasswordHash(of: password).text
        if isRandom { print("password: \(password)") }
        return text
    }

    private func ask(_ prompt: String) throws -> String {
        let text = Array(prompt.utf8)
        _ = write(STDERR_FILENO, text, text.count)
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw Errno.last("tcgetattr") }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Errno.last("tcsetattr") }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            _ = write(STDERR_FILENO, [UInt8(ascii: "\n")], 1)
        }
        return readLine(strippingNewline: true) ?? ""
    }

    private func firstLine(of bytes: [UInt8]) throws -> String {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else {
            throw ManageError(description: "the first line is no password")
        }
        return text
    }
}

/// Bytes that a password's line may have at the most, and some.
private let lineBytesMax = 8192

private func readAll(_ descriptor: CInt) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: lineBytesMax)
    var filled = 0
    while filled < bytes.count {
        let count = bytes.withUnsafeMutableBytes { buffer in
            read(descriptor, buffer.baseAddress.map { $0 + filled }, lineBytesMax - filled)
        }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw Errno.last("read") }
        if count == 0 { break }
        filled += count
        if bytes[..<filled].contains(UInt8(ascii: "\n")) { break }
    }
    return Array(bytes[..<filled])
}

extension Descriptor {
    fileprivate func rawValueLine() throws -> [UInt8] { try readAll(rawValue) }
}
