/// A form in which data come compressed, known by the first bytes.
public enum CompressedForm: String, Sendable, CaseIterable {
    /// RFC 1952; also several members behind one another.
    case gzip
    /// The .xz file format; also several streams behind one another.
    case xz
    /// RFC 8878; also several frames behind one another.
    case zstd
    /// An archive of PKWARE's APPNOTE, of one file that is stored or deflated.
    case zip
    /// An LHA archive, which is known so as to be refused.
    case lha

    /// So many bytes tell the form.
    public static let headBytes = 7

    /// The form that data with this head have; nil for any other data.
    public init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(Self.headBytes))
        if head.starts(with: [0x1F, 0x8B, 0x08]) {
            self = .gzip
        } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else if head.starts(with: ZipReader.entrySignature) {
            self = .zip
        } else if head.count == Self.headBytes, head[2...4].elementsEqual("-lh".utf8), head[6] == UInt8(ascii: "-") {
            self = .lha
        } else {
            return nil
        }
    }
}
