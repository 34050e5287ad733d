import Glibc
import Posix

/// Makes a system call until it is not interrupted, and turns -1 into an error that says what was being done.
@discardableResult
func system<Result: FixedWidthInteger>(
    _ name: @autoclosure () -> String, doing what: @autoclosure () -> String, _ call: () -> Result
) throws(StoreError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw StoreError(Errno(code: code, operation: name()), doing: what()) }
    }
}

/// Turns the error of a call on a descriptor into one that says what was being done.
func storing<Result: ~Copyable>(
    _ what: @autoclosure () -> String, _ body: () throws(Errno) -> Result
) throws(StoreError) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw StoreError(error, doing: what())
    }
}

extension BlockingPool {
    /// Runs the body on one of the threads; the caller waits without holding its own.
    func perform<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await result(body).get()
    }
}
