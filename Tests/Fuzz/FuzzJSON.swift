import JSONText

// Any bytes are JSON or are not; what is JSON is written as JSON of the same meaning.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        let value = try JSONValue(parsing: bytes)
        let text = value.serialized
        guard let again = try? JSONValue(parsing: text) else { preconditionFailure("its own text is refused") }
        precondition(again.serialized == text, "a text changes when it is read and written")
        precondition(again == value, "a value changes when it is written and read")
    } catch {
        precondition((0...count).contains(error.offset), "the place lies outside")
    }
    // What a shallower bound takes, the deeper one takes, too, and means the same.
    if let shallow = try? JSONValue(parsing: bytes, depthMax: 3) {
        guard let deep = try? JSONValue(parsing: bytes) else { preconditionFailure("a deeper bound refuses more") }
        precondition(deep == shallow)
    }
    return 0
}
