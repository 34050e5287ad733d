import GRDB
import GRDBSQLite
import ImageModel
import JSONText

/// Reads the columns of `ImageRow` where SQLite keeps them: sqlite3_column_text(3).
struct ColumnReader {
    let statement: SQLiteStatement

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        write(text: 0, as: "id", to: &writer)
        write(text: 1, as: "name", to: &writer)
        write(text: 2, as: "status", to: &writer)
        write(text: 3, as: "visibility", to: &writer)
        write(text: 4, as: "owner", to: &writer)
        write(flag: 5, as: "protected", to: &writer)
        write(flag: 6, as: "os_hidden", to: &writer)
        write(text: 7, as: "disk_format", to: &writer)
        write(text: 8, as: "container_format", to: &writer)
        write(number: 9, as: "size", to: &writer)
        write(number: 10, as: "virtual_size", to: &writer)
        write(text: 11, as: "checksum", to: &writer)
        write(text: 12, as: "os_hash_algo", to: &writer)
        write(text: 13, as: "os_hash_value", to: &writer)
        write(number: 14, as: "min_disk", to: &writer)
        write(number: 15, as: "min_ram", to: &writer)
        write(number: 16, as: "created_at", to: &writer)
        write(number: 17, as: "updated_at", to: &writer)
        write(number: 18, as: "deleted_at", to: &writer)
        write(json: 19, as: "properties", to: &writer)
        write(json: 20, as: "tags", to: &writer)
        write(json: 21, as: "locations", to: &writer)
        write(json: 22, as: "viewer_membership", to: &writer)
        writer.endObject()
    }

    func accessPart(id: String) -> Image {
        var image = Image(id: id, owner: text(4), at: Timestamp(microseconds: 0))
        image.visibility = text(3).flatMap(Visibility.init) ?? .private
        image.deletedAt = number(18).map(Timestamp.init(microseconds:))
        if !isNull(22) { image.viewerMembership = ImageMember(imageID: id, memberID: "") }
        return image
    }

    func text(_ column: CInt) -> String? {
        bytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(text column: CInt, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(plain: name)
        if let bytes = bytes(column) { writer.value(utf8: bytes) } else { writer.raw("null") }
    }

    private func write(json column: CInt, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(plain: name)
        if let bytes = bytes(column) { writer.raw(utf8: bytes) } else { writer.raw("null") }
    }

    private func write(number column: CInt, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(plain: name)
        writer.value(number(column))
    }

    private func write(flag column: CInt, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(plain: name)
        writer.value(sqlite3_column_int64(statement, column) != 0)
    }

    private func isNull(_ column: CInt) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    private func number(_ column: CInt) -> Int64? {
        isNull(column) ? nil : sqlite3_column_int64(statement, column)
    }

    /// UTF-8 that is good until the statement's next step; nil for NULL.
    private func bytes(_ column: CInt) -> UnsafeBufferPointer<UInt8>? {
        guard let start = sqlite3_column_text(statement, column) else { return nil }
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }
}
