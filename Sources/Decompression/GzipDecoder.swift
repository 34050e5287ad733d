/// One gzip member after the other (RFC 1952 §2.2). Zeros behind the last one, as tapes have them, are passed over.
final class GzipDecoder: Decoder {
    private enum State {
        /// In a member, the first one too before it has begun.
        case member
        case between
        case padding
    }

    private let inflater: Inflater
    private var state = State.member

    init() throws(DecompressionError) {
        inflater = try Inflater(.gzip)
    }

    var isAtEnd: Bool { state != .member }

    func decode(
        _ input: inout UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int {
        if state != .member {
            guard let first = input.first else { return 0 }
            if first == 0 {
                state = .padding
                input.take(input.firstIndex { $0 != 0 } ?? input.count)
                return 0
            }
            guard state == .between else { throw .corrupt(.gzip, "something follows their end") }
            inflater.reset()
            state = .member
        }
        let step = try inflater.step(&input, into: output)
        if step.isEnd { state = .between }
        return step.count
    }
}
