/// The fields of a header; nil for one that is not whole there.
extension [UInt8] {
    func bigEndian<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type, at offset: Int) -> Integer? {
        field(at: offset, count: Integer.bitWidth / 8)?.reduce(0) { $0 << 8 | Integer($1) }
    }

    func littleEndian<Integer: FixedWidthInteger & UnsignedInteger>(_: Integer.Type, at offset: Int) -> Integer? {
        field(at: offset, count: Integer.bitWidth / 8)?.reversed().reduce(0) { $0 << 8 | Integer($1) }
    }

    func field(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, offset <= self.count, count <= self.count - offset else { return nil }
        return self[offset..<offset + count]
    }
}
