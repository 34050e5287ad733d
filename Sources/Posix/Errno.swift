import Glibc

/// A system call that failed, and why.
public struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number that the call left in `errno`.
    public let code: CInt
    /// The call, and what it was for.
    public let operation: String

    /// An error of that number.
    public init(code: CInt, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// What `errno` holds now; to be read right behind the call.
    public static func last(_ operation: String) -> Errno {
        Errno(code: errno, operation: operation)
    }

    /// The system's own words for it, such as `No space left on device`.
    public var reason: String {
        String(cString: strerror(code))
    }

    public var description: String { "\(operation): \(reason)" }
}

/// Calls until the answer is not EINTR, and turns -1 into the error.
@discardableResult
func retrying<Result: FixedWidthInteger>(
    _ operation: @autoclosure () -> String, _ call: () -> Result
) throws(Errno) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw Errno(code: code, operation: operation()) }
    }
}
