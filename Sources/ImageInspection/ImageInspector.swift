/// Looks at every byte of an image on its way in, and tells what it is, how big its disk is and whether it is safe.
///
/// It knows and refuses what oslo.utils' format inspector does, by which today's Glance judges uploads. Fed with the
/// pieces of a stream of any length, cut anywhere: the verdict does not depend on the cuts. It copies only the few parts
/// that it must see, 1 MiB of a long text and much less of all else, and does next to nothing with the rest.
public struct ImageInspector: Sendable {
    /// Any header but the few that need more.
    private static let headBytes = 512
    /// Where volume descriptors begin, behind 16 sectors of a system area (ECMA-119 §6.2.1), and the first one's length.
    private static let volumeOffset: Int64 = 32 << 10
    private static let volumeBytes = 2 << 10

    private var position: Int64 = 0
    private var head = Window(at: 0, count: Self.headBytes)
    private var volume = Window(at: Self.volumeOffset, count: Self.volumeBytes)
    private var vmdk: VMDKReader?
    private var vhdx: VHDXReader?

    public init() {}

    /// Takes the next bytes of the stream.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let piece = Piece(bytes: bytes, offset: position)
        position = piece.end
        if !head.isComplete {
            head.take(piece)
            if head.isComplete { beginReaders() }
        }
        volume.take(piece)
        vmdk?.take(piece)
        vhdx?.take(piece)
    }

    /// Judges, as the stream is through. To be called once.
    public mutating func finish() -> InspectionVerdict {
        if !head.isComplete { beginReaders() }
        let whole = head.isComplete ? head.bytes : nil
        var matches: [FormatFinding] = []
        matches.append(whole.flatMap(Self.qcow2))
        matches.append(whole.flatMap(Self.qed))
        matches.append(vmdk?.finding)
        matches.append(whole.flatMap(Self.vdi))
        matches.append(Self.vhd(head.bytes, isComplete: head.isComplete))
        matches.append(vhdx?.finding)
        matches.append(volume.isComplete ? Self.iso(volume.bytes) : nil)
        matches.append(whole.flatMap { Self.partitionTable($0, totalBytes: position) })
        matches.append(Self.luks(head.bytes, totalBytes: position))
        return InspectionVerdict(totalBytes: position, matches: matches)
    }

    /// Sets up what must see more than the head of the stream.
    private mutating func beginReaders() {
        vmdk = VMDKReader(head: head.bytes)
        if head.bytes.starts(with: VHDXReader.signature) { vhdx = VHDXReader() }
    }
}

extension [FormatFinding] {
    fileprivate mutating func append(_ finding: FormatFinding?) {
        if let finding { append(finding) }
    }
}
