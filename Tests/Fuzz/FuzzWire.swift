import HTTPTypes
import HTTPWire

// A connection's bytes as the server reads them: heads, and behind each of them its body. The same bytes are fed whole,
// cut in pieces and one by one, and every way must understand the same.

/// What was understood.
private struct Record: Equatable {
    var heads: [String] = []
    var bodies: [[UInt8]] = []
    /// Bytes taken when each head, and each body, was whole.
    var ends: [Int] = []
    var error: WireError?
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // The first byte chooses the limits, the next ones the cuts.
    var limits = HTTPLimits()
    if let first = bytes.first, first & 1 == 1 {
        limits.requestLineBytesMax = 40
        limits.headerLineBytesMax = 30
        limits.headerBytesMax = 60
        limits.headerCountMax = 3
        limits.chunkExtensionBytesMax = 4
        limits.trailerBytesMax = 10
    }
    let input = Array(bytes.dropFirst())
    let whole = read(input, limits) { $0 }
    var state = bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    let pieces = read(input, limits) { rest in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return min(rest, 1 + Int(state >> 33) % 9)
    }
    precondition(pieces == whole, "the pieces matter")
    let single = read(input, limits) { _ in 1 }
    precondition(single == whole, "single bytes matter")
    var response = ResponseHeadParser(limits: limits)
    input.withUnsafeBytes { raw in _ = try? response.consume(raw) }
    return 0
}

/// - Parameter next: how many of the bytes that are left come at once.
private func read(_ input: [UInt8], _ limits: HTTPLimits, _ next: (Int) -> Int) -> Record {
    var record = Record()
    var at = 0
    do throws(WireError) {
        while let head = try readHead(input, &at, limits, next) {
            record.heads.append(summary(head))
            record.ends.append(at)
            switch head.framing {
            case .none, .untilClose: continue
            case .length(let length):
                at += Int(min(length, Int64(input.count - at)))
            case .chunked:
                record.bodies.append(try readChunks(input, &at, limits, next))
            }
            record.ends.append(at)
        }
    } catch {
        record.error = error
    }
    return record
}

private func readHead(
    _ input: [UInt8], _ at: inout Int, _ limits: HTTPLimits, _ next: (Int) -> Int
) throws(WireError) -> RequestHead? {
    var parser = RequestHeadParser(limits: limits)
    while at < input.count {
        let end = at + next(input.count - at)
        let outcome: Result<(consumed: Int, head: RequestHead?), WireError> = input[at..<end].withUnsafeBytes { raw in
            do throws(WireError) { return .success(try parser.consume(raw)) } catch { return .failure(error) }
        }
        let (consumed, head) = try outcome.get()
        precondition((head == nil ? end - at...end - at : 1...end - at).contains(consumed))
        at += consumed
        if let head { return head }
    }
    return nil
}

private func readChunks(
    _ input: [UInt8], _ at: inout Int, _ limits: HTTPLimits, _ next: (Int) -> Int
) throws(WireError) -> [UInt8] {
    var decoder = ChunkedDecoder(limits: limits)
    var body: [UInt8] = []
    while at < input.count, !decoder.isAtEnd {
        let end = at + next(input.count - at)
        let outcome: Result<ChunkedDecoder.Step, WireError> = input[at..<end].withUnsafeBytes { raw in
            do throws(WireError) { return .success(try decoder.next(raw)) } catch { return .failure(error) }
        }
        switch try outcome.get() {
        case .framing(let count):
            precondition((1...end - at).contains(count))
            at += count
        case .data(let count):
            precondition((1...end - at).contains(count))
            body += input[at..<(at + count)]
            at += count
        case .end(let count):
            precondition((1...end - at).contains(count) && decoder.isAtEnd)
            at += count
        }
    }
    return body
}

private func summary(_ head: RequestHead) -> String {
    var text = "\(head.method.rawValue) \(head.path) \(head.query ?? "-") \(head.authority) \(head.framing) "
    text += "\(head.keepsAlive) \(head.expectsContinue) \(head.minorVersion)"
    // None of it can break a line, in a log or in another head.
    precondition(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    for field in head.fields.all {
        precondition(!field.name.isEmpty && field.name.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x3A })
        precondition(field.value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        text += "|" + String(decoding: field.name, as: UTF8.self) + "=" + String(decoding: field.value, as: UTF8.self)
    }
    precondition(head.path == "*" || head.path.utf8.first == UInt8(ascii: "/"))
    if let path = PercentCoding.decode(head.path) {
        precondition(PercentCoding.decode(PercentCoding.encode(path)) == path)
    }
    _ = QueryItems(head.query)
    return text
}
