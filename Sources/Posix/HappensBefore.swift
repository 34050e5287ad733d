import CLinux

// An order that ThreadSanitizer does not see: the runtime hands a continuation from one thread to another, and is not
// instrumented. Without the sanitizer these two do nothing.

/// What this thread has done so far comes before what follows `happensAfter` of the same object on another thread.
public func happensBefore(_ object: AnyObject) {
    clinux_happens_before(UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque()))
}

/// See `happensBefore`.
public func happensAfter(_ object: AnyObject) {
    clinux_happens_after(UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque()))
}
