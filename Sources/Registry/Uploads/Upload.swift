import GRDB
import ImageModel

/// A running upload: a row of `uploads`, and with it a reservation in its owner's ledger.
struct Upload {
    let id: String
    let imageID: String
    let owner: String
    let bytes: Int64
    let failureStatus: ImageStatus

    private static let columns = "upload_id, image_id, owner, bytes, failure_status"

    private init(_ row: Row) {
        id = row[0]
        imageID = row[1]
        owner = row[2]
        bytes = row[3]
        failureStatus = ImageStatus(rawValue: row[4]) ?? .killed
    }

    static func running(_ id: String, in db: Database) throws -> Upload? {
        try db.first("SELECT \(columns) FROM uploads WHERE upload_id = ?", [id]).map(Upload.init)
    }

    static func running(for imageID: String, in db: Database) throws -> Upload? {
        try db.first("SELECT \(columns) FROM uploads WHERE image_id = ?", [imageID]).map(Upload.init)
    }

    static func all(in db: Database) throws -> [Upload] {
        try db.all("SELECT \(columns) FROM uploads ORDER BY upload_id").map(Upload.init)
    }

    /// Whether its data are to wait for an import.
    func isStaging(in db: Database) throws -> Bool {
        try db.first("SELECT 1 FROM images WHERE id = ? AND status = 'uploading'", [imageID]) != nil
    }

    /// Ends it: the row goes and with it the reservation.
    func settle(in db: Database) throws {
        guard try db.change("DELETE FROM uploads WHERE upload_id = ?", [id]) == 1 else { return }
        try UsageLedger(db: db).add(.init(bytesReserved: -bytes, uploads: -1), to: owner)
    }

    /// Ends it without data: the image takes the status that was agreed on, unless another one is named.
    func fail(as status: ImageStatus? = nil, in db: Database) throws {
        try settle(in: db)
        // An import's image is its task's to settle.
        guard var image = try ImageRow.image(imageID, in: db), image.status == .saving || image.status == .uploading
        else { return }
        try image.endSaving(as: status ?? failureStatus, in: db)
    }
}

extension Image {
    /// Takes an image that gets no data, after all, to another status.
    mutating func endSaving(as status: ImageStatus, in db: Database) throws {
        let before = self.status
        self.status = status
        if status == .queued {
            size = nil
            virtualSize = nil
        }
        try save(from: before, in: db)
    }
}
