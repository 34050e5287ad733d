import ArgumentParser
import ImageModel
import Registry

/// What went wrong, in words for an operator.
struct ManageError: Error, CustomStringConvertible {
    let description: String
}

/// The registry's database, as the commands for users, projects and roles use it. The registry may run meanwhile: each
/// operation is a transaction of its own.
struct IdentityDatabase {
    private let database: RegistryDatabase

    init(_ file: DatabaseFile, _ manage: GlanceManage) throws {
        let path = try file.path(manage)
        database = try RegistryDatabase(path: path, readers: 1)
        file.warnOfOwner(path)
    }

    /// - Parameter subject: what the operation is about, for the message.
    @discardableResult
    func perform<O: RegistryOperation>(_ operation: O, on subject: String) throws(ManageError) -> O.Answer {
        do throws(RegistryFailure) {
            return try database.perform(operation)
        } catch {
            throw ManageError(description: "\(subject): \(Self.text(error))")
        }
    }

    /// The user of that name, or else of that id; nil where there is none.
    func findUser(_ text: String) throws(ManageError) -> IdentityUser? {
        for reference in [IdentityReference.name(text), .id(text)] {
            do throws(RegistryFailure) {
                return try database.perform(GetUser(reference)).user
            } catch {
                guard error == .notFound else { throw ManageError(description: "user \(text): \(Self.text(error))") }
            }
        }
        return nil
    }

    func user(_ text: String) throws(ManageError) -> IdentityUser {
        guard let user = try findUser(text) else { throw ManageError(description: "there is no user \(text)") }
        return user
    }

    /// The project of that name, or else of that id; nil where there is none.
    func findProject(_ text: String) throws(ManageError) -> IdentityProject? {
        for reference in [IdentityReference.name(text), .id(text)] {
            let found = try perform(ListProjects(reference), on: "project \(text)").items
            if let project = found.first { return project }
        }
        return nil
    }

    func project(_ text: String) throws(ManageError) -> IdentityProject {
        guard let project = try findProject(text) else {
            throw ManageError(description: "there is no project \(text)")
        }
        return project
    }

    private static func text(_ failure: RegistryFailure) -> String {
        switch failure {
        case .notFound: "there is no such thing, or it is disabled"
        case .forbidden: "the user has no role in the project"
        case .duplicate: "the name is taken"
        case .malformed(let reason), .unavailable(let reason): reason
        case .conflict, .quotaExceeded, .invalidMarker, .protected: "\(failure)"
        }
    }
}

/// What the registry would refuse, before a password is asked for.
func checkName(_ name: String, as kind: IdentityName) throws(ManageError) {
    if let problem = kind.problem(with: name) { throw ManageError(description: problem) }
}

/// Prints rows under a heading, in columns.
func printTable(_ heading: [String], _ rows: [[String]]) {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    for row in all {
        var line = ""
        for (index, cell) in row.enumerated() {
            line += index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
        }
        print(line)
    }
}
