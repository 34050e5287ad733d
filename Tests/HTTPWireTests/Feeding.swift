import HTTPTypes
import HTTPWire

/// What the parser made of some bytes: the same bytes must give the same record however they were cut.
struct HeadRecord: Equatable, CustomStringConvertible {
    /// One text a head: all that was understood of it.
    var heads: [String] = []
    /// How many bytes were taken in all when each head was whole.
    var ends: [Int] = []
    var error: WireError?
    var isInsideHead = false

    var description: String {
        "heads \(heads) ending at \(ends), error \(error.map { "\($0)" } ?? "none"), inside a head: \(isInsideHead)"
    }
}

/// Feeds bytes that hold heads and nothing else, cut at the given places.
func readHeads(_ bytes: [UInt8], cutAt cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()) -> HeadRecord {
    var parser = RequestHeadParser(limits: limits)
    var record = HeadRecord()
    var at = 0
    for end in cuts + [bytes.count] {
        while at < end {
            let outcome = consume(bytes[at..<end], &parser)
            switch outcome {
            case .failure(let error):
                record.error = error
                return record
            case .success(let (consumed, head)):
                at += consumed
                if let head {
                    record.heads.append(summary(head))
                    record.ends.append(at)
                } else if at < end {
                    record.heads.append("the parser stopped without a head")
                    return record
                }
            }
        }
    }
    record.isInsideHead = parser.isInsideHead
    return record
}

/// The head at the front of the bytes, or the error; what follows it is a body.
func readHead(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Result<RequestHead, WireError> {
    readHead(Array(text.utf8), limits: limits)
}

func readHead(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> Result<RequestHead, WireError> {
    var parser = RequestHeadParser(limits: limits)
    switch consume(bytes[...], &parser) {
    case .failure(let error): return .failure(error)
    case .success(let (_, head)):
        guard let head else { return .failure(WireError(status: 0, reason: "incomplete")) }
        return .success(head)
    }
}

private func consume(
    _ bytes: ArraySlice<UInt8>, _ parser: inout RequestHeadParser
) -> Result<(consumed: Int, head: RequestHead?), WireError> {
    bytes.withUnsafeBytes { raw in
        do throws(WireError) {
            return .success(try parser.consume(raw))
        } catch {
            return .failure(error)
        }
    }
}

func summary(_ head: RequestHead) -> String {
    let fields = head.fields.all.map {
        "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
    }
    return
        "\(head.method.rawValue) \(head.path) query \(head.query ?? "none") for \(head.authority) 1.\(head.minorVersion) "
        + "\(head.framing) keeps \(head.keepsAlive) expects \(head.expectsContinue) \(fields.joined(separator: "|"))"
}

extension Result {
    var success: Success? { try? get() }

    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
