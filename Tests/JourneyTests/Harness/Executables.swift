import FoundationEssentials
import Glibc
import Testing

/// Where the programs are that the journeys run.
enum Executables {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// A daemon: in the folder GLIMPSE_BIN, or else beside the tests, where the same build has put it.
    static func daemon(_ name: String) throws -> String {
        let folder: String
        if let given = getenv("GLIMPSE_BIN") {
            folder = String(cString: given)
        } else {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            folder = URL(filePath: tests).deletingLastPathComponent().path
        }
        let path = "\(folder)/\(name)"
        guard access(path, X_OK) == 0 else { throw Missing(description: "no \(name) in \(folder)") }
        return path
    }

    /// The virtual environment with the clients from PyPI: GLIMPSE_VENV, or `.venv` of the checkout.
    static let clientFolder = getenv("GLIMPSE_VENV").map { String(cString: $0) } ?? "\(checkout)/.venv"

    /// A program in the virtual environment.
    ///
    /// - Parameter suffix: behind the environment's name: that of an older generation of the clients.
    static func client(_ name: String, suffix: String = "") throws -> String {
        let folder = clientFolder + suffix
        let path = "\(folder)/bin/\(name)"
        guard access(path, X_OK) == 0 else {
            throw Missing(description: "no \(name) in \(folder): scripts/test makes the virtual environment")
        }
        return path
    }

    /// The root of the checkout.
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Whether the daemons are built with a sanitizer, which makes them slow and large.
    static let areSanitized = getenv("GLIMPSE_SANITIZE") != nil
}
