import GRDB
import ImageModel

/// Which of the sets of images that a list is made of are large: one owner's, and those that are shared with the viewer.
///
/// It matters in orders for which there is no index of each owner's images. A set that is small is sorted, which is a
/// bounded piece of work; of one that is large, the walk along all images meets one soon.
struct ViewerSets: Equatable {
    /// Images of a set that are worth being sorted.
    static let sortedMax = 500

    /// Whether there are more than that of one owner: the one that is asked for, or else the viewer.
    var ownIsLarge = false
    /// Whether more than that are shared with the viewer.
    var sharedIsLarge = false

    /// Both small.
    init() {}

    /// Counts, as far as the bound, where the order makes a difference.
    init(of query: ImageQuery, _ order: ListOrder, in db: Database) throws {
        guard !order.isOwners, !query.bringsGone else { return }
        if let owner = query.soleOwner ?? query.viewer.projectID {
            ownIsLarge = try Self.isLarge(
                """
                SELECT 1 FROM images INDEXED BY images_by_owner_created
                WHERE owner = ? AND deleted_at IS NULL AND status <> 'killed'
                """, owner, in: db)
        }
        if let project = query.viewer.projectID {
            sharedIsLarge = try Self.isLarge("SELECT 1 FROM image_members WHERE member = ?", project, in: db)
        }
    }

    private static func isLarge(_ rows: String, _ project: String, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "\(rows) LIMIT 1 OFFSET \(sortedMax)")
        return try Row.fetchOne(statement, arguments: [project]) != nil
    }
}

extension ImageQuery {
    /// The one owner whose images are asked for.
    var soleOwner: String? {
        for case .text(.owner, let owners) in filters where owners.count == 1 { return owners[0] }
        return nil
    }
}
