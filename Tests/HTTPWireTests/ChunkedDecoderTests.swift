import HTTPWire
import Testing

/// The chunked coding, RFC 9112 §7.1.
@Suite struct ChunkedDecoderTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let name: String
        let wire: String
        let data: String
        /// Bytes behind the body that belong to the next message.
        var rest = 0
        var testDescription: String { name }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let wire: String
        var status = 400
        var testDescription: String { name }
    }

    static let good: [Good] = [
        Good(name: "nothing", wire: "0\r\n\r\n", data: ""),
        Good(name: "one chunk", wire: "5\r\nhello\r\n0\r\n\r\n", data: "hello"),
        Good(name: "several chunks", wire: "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", data: "abcdef"),
        Good(
            name: "hex digits of both cases", wire: "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
            data: "01234567890123456789"),
        Good(name: "leading zeros", wire: "0005\r\nhello\r\n0000\r\n\r\n", data: "hello"),
        Good(
            name: "line ends and framing as data", wire: "9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
            data: "\r\n0\r\n\r\n\r\n"),
        Good(name: "extensions", wire: "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", data: "hello"),
        Good(name: "blanks before an extension", wire: "5 \t; a = b\r\nhello\r\n0\r\n\r\n", data: "hello"),
        Good(name: "blanks behind the size", wire: "5  \r\nhello\r\n0 \r\n\r\n", data: "hello"),
        Good(name: "trailers", wire: "5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", data: "hello"),
        Good(name: "the next message", wire: "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", data: "a", rest: 16),
        Good(name: "the next message behind trailers", wire: "0\r\nA: b\r\n\r\n\r\n", data: "", rest: 2),
    ]

    static let bad: [Bad] = [
        Bad(name: "no digits", wire: "\r\nhello"),
        Bad(name: "no digits but an extension", wire: ";a\r\n"),
        Bad(name: "no hex digit", wire: "g\r\n"),
        Bad(name: "prefix of a hexadecimal number", wire: "0x5\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "sign", wire: "+5\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "negative", wire: "-1\r\n"),
        Bad(name: "blank in front", wire: " 5\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "a second number", wire: "5 5\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "a word behind the size", wire: "5 a=b\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "16 digits", wire: "0000000000000005\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "20 digits", wire: "10000000000000000005\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "bare LF behind the size", wire: "5\nhello\r\n0\r\n\r\n"),
        Bad(name: "bare LF in an extension", wire: "5;a\nhello\r\n0\r\n\r\n"),
        Bad(name: "CR alone behind the size", wire: "5\rhello\r\n0\r\n\r\n"),
        Bad(name: "CR twice", wire: "5\r\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "CR alone in an extension", wire: "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "NUL in an extension", wire: "5;\0\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "more data than told", wire: "4\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "LF alone behind data", wire: "5\r\nhello\n0\r\n\r\n"),
        Bad(name: "CR alone behind data", wire: "5\r\nhello\r0\r\n\r\n"),
        Bad(name: "nothing behind data", wire: "5\r\nhello0\r\n\r\n"),
        Bad(name: "bare LF in the trailers", wire: "0\r\nA: b\n\r\n"),
        Bad(name: "bare LF for the end", wire: "0\r\n\n"),
        Bad(name: "CR alone for the end", wire: "0\r\n\r\r\n"),
        Bad(name: "NUL in a trailer", wire: "0\r\nA: \0\r\n\r\n"),
        Bad(name: "long extension", wire: "5;" + String(repeating: "a", count: 300) + "\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "long blanks", wire: "5" + String(repeating: " ", count: 300) + "\r\nhello\r\n0\r\n\r\n"),
        Bad(name: "long trailer", wire: "0\r\nA: " + String(repeating: "a", count: 9000) + "\r\n\r\n", status: 431),
        Bad(name: "many trailers", wire: "0\r\n" + String(repeating: "A: b\r\n", count: 2000) + "\r\n", status: 431),
    ]

    @Test(arguments: good)
    func decodes(_ sample: Good) {
        let bytes = Array(sample.wire.utf8)
        let wanted = Record(data: Array(sample.data.utf8), end: bytes.count - sample.rest)
        #expect(decode(bytes) == wanted)
        #expect(decode(bytes, readsPast: true) == wanted)
        for cut in 0...bytes.count {
            #expect(decode(bytes, cutAt: [cut]) == wanted, "cut at \(cut)")
            #expect(decode(bytes, cutAt: [cut], readsPast: true) == wanted, "cut at \(cut), data read past the decoder")
        }
        #expect(decode(bytes, cutAt: Array(0..<bytes.count)) == wanted)
    }

    @Test(arguments: bad)
    func refuses(_ sample: Bad) {
        let bytes = Array(sample.wire.utf8)
        let whole = decode(bytes)
        #expect(whole.error?.status == sample.status)
        #expect(whole.end == nil)
        let step = max(1, bytes.count / 200)
        for cut in stride(from: 0, through: bytes.count, by: step) {
            #expect(decode(bytes, cutAt: [cut]) == whole, "cut at \(cut)")
        }
        #expect(decode(bytes, cutAt: Array(0..<bytes.count)) == whole)
    }

    @Test(arguments: good)
    func isNotAtItsEndBefore(_ sample: Good) {
        let bytes = Array(sample.wire.utf8)
        for count in 0..<(bytes.count - sample.rest) {
            #expect(decode(Array(bytes[..<count])).end == nil)
        }
    }

    @Test func theLargestChunk() {
        var decoder = ChunkedDecoder()
        let step = next(&decoder, Array("fffffffffffffff\r\n".utf8)[...])
        #expect(step.success == .framing(bytes: 17))
        #expect(decoder.isInsideData)
        #expect(decoder.dataBytesLeft == 0xFFF_FFFF_FFFF_FFFF)
    }

    @Test func limitsAreExact() {
        var limits = HTTPLimits()
        limits.chunkExtensionBytesMax = 4
        limits.trailerBytesMax = 8
        #expect(decode(Array("1;ab\r\na\r\n0\r\n\r\n".utf8), limits: limits).end != nil)
        #expect(decode(Array("1;abcd\r\na\r\n0\r\n\r\n".utf8), limits: limits).error?.status == 400)
        #expect(decode(Array("0\r\nA: bc\r\n\r\n".utf8), limits: limits).end != nil)
        #expect(decode(Array("0\r\nA: bcdef\r\n\r\n".utf8), limits: limits).error?.status == 431)
    }

    // MARK: Feeding

    struct Record: Equatable {
        var data: [UInt8] = []
        var end: Int?
        var error: WireError?
    }

    /// - Parameter readsPast: whether data is taken without being shown to the decoder, as from a socket.
    private func decode(
        _ bytes: [UInt8], cutAt cuts: [Int] = [], readsPast: Bool = false, limits: HTTPLimits = HTTPLimits()
    ) -> Record {
        var decoder = ChunkedDecoder(limits: limits)
        var record = Record()
        var at = 0
        for end in cuts + [bytes.count] {
            while at < end {
                if readsPast, decoder.isInsideData {
                    let count = Int(min(Int64(end - at), decoder.dataBytesLeft))
                    record.data += bytes[at..<(at + count)]
                    decoder.skip(count)
                    at += count
                    continue
                }
                switch next(&decoder, bytes[at..<end]) {
                case .failure(let error):
                    record.error = error
                    return record
                case .success(.framing(let count)):
                    at += count
                case .success(.data(let count)):
                    record.data += bytes[at..<(at + count)]
                    at += count
                case .success(.end(let count)):
                    record.end = at + count
                    return record
                }
            }
        }
        return record
    }

    private func next(
        _ decoder: inout ChunkedDecoder, _ bytes: ArraySlice<UInt8>
    ) -> Result<ChunkedDecoder.Step, WireError> {
        bytes.withUnsafeBytes { raw in
            do throws(WireError) {
                return .success(try decoder.next(raw))
            } catch {
                return .failure(error)
            }
        }
    }
}
