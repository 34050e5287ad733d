import Testing

/// A prime number of bytes, so that no power of two of them shifts the pattern onto itself.
private let period: [UInt8] = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

/// Bytes that tell their place.
func pattern(_ count: Int, from offset: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        let start = (offset + bytes.count) % period.count
        bytes += period[start..<min(period.count, start + count - bytes.count)]
    }
    return bytes
}

/// Compares without showing megabytes where they differ.
func expectPattern(
    _ bytes: [UInt8], _ count: Int, from offset: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
) {
    let wanted = pattern(count, from: offset)
    guard bytes != wanted else { return }
    let place = zip(bytes, wanted).enumerated().first { $1.0 != $1.1 }?.offset
    Issue.record(
        "\(bytes.count) bytes instead of \(count), first difference at \(place.map { "\($0)" } ?? "the end")",
        sourceLocation: sourceLocation)
}
