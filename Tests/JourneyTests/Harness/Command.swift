/// A program that ran to its end.
struct Command {
    let ending: ChildProcess.Ending
    let output: String
    let errors: String

    var isSuccess: Bool { ending == .exit(0) }

    /// Runs a program and waits for it.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        seconds: Double = 120
    ) throws {
        let folder = try TemporaryFolder()
        let (output, errors) = ("\(folder.path)/output", "\(folder.path)/errors")
        let process = try ChildProcess(
            program, arguments, environment: environment, input: input, output: output, errors: errors)
        ending = try process.wait(seconds: seconds)
        self.output = String(decoding: try contents(of: output), as: UTF8.self)
        self.errors = String(decoding: try contents(of: errors), as: UTF8.self)
    }
}
