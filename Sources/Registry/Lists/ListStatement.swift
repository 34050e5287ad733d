import GRDB
import ImageModel

/// A page of a list as one statement.
///
/// Each arm of `VisibilityClause` is a walk along an index in the list's order, starting at the marker. SQLite runs a
/// compound select with ORDER BY and LIMIT as a merge of co-routines, so it reads some rows more than the page holds
/// and sorts nothing, however many images there are; but for the small sets that `ViewerSets` tells of.
struct ListStatement {
    let sql: String
    let arguments: StatementArguments
    /// Whether the text is one of few, and worth keeping prepared.
    let isCommon: Bool

    /// - Parameters:
    ///   - marker: the values of the last image of the page before, one for each term of the order.
    ///   - sets: which of the viewer's images are many.
    ///   - candidates: the few images that the list is drawn from; nil for a walk.
    /// - Returns: nil where the viewer can't list any image.
    init?(
        _ query: ImageQuery, _ order: ListOrder, marker: [DatabaseValue]?, _ sets: ViewerSets = ViewerSets(),
        among candidates: ListCandidates? = nil
    ) throws {
        var bindings = SQLBindings()
        let arms =
            candidates == nil
            ? VisibilityClause.arms(of: query, sets, &bindings)
            : VisibilityCondition(query).sql(&bindings).map { [ListArm(conditions: [$0])] } ?? []
        guard !arms.isEmpty else { return nil }
        let filters = try FilterClause(query, order).conditions(&bindings)
        let places = marker.map { values in values.map { bindings.bind($0) } }
        let limit = bindings.bind(min(max(query.limit, 0), ImageQuery.rowsMax))
        let few = candidates?.bound(&bindings)
        let selects = arms.map { arm in
            var conditions = arm.conditions + filters.of(arm.source)
            if let places { conditions.append(order.isBehind(places, in: arm.source)) }
            return ListStatement.select(arm.source, order, conditions, among: few)
        }
        // CROSS JOIN keeps the page outermost (https://www.sqlite.org/optoverview.html#crossjoin): the details of each
        // row are fetched in the page's order.
        sql = """
            SELECT \(ImageRow.columns(membership: "NULL")) FROM (
            \(selects.joined(separator: "\nUNION ALL\n"))
            ORDER BY \(order.clause) LIMIT \(limit)
            ) AS page CROSS JOIN images ON images.number = page.number
            """
        arguments = bindings.arguments
        isCommon = query.filters.isEmpty && query.sort.count <= 1
    }

    private static func select(
        _ source: ListArm.Source, _ order: ListOrder, _ conditions: [String], among few: String?
    ) -> String {
        let keys = order.expressions(in: source).enumerated().map { "\($0.element) AS k\($0.offset)" }
        let from =
            switch source {
            case .images:
                few.map { "(\($0)) AS few CROSS JOIN images ON images.id = few.image_id" } ?? "images"
            case .members: "image_members AS m CROSS JOIN images ON images.id = m.image_id"
            }
        return """
            SELECT images.number AS number, \(keys.joined(separator: ", ")) FROM \(from)
            WHERE \(conditions.joined(separator: " AND "))
            """
    }

    func prepared(in db: Database) throws -> Statement {
        let statement = isCommon ? try db.cachedStatement(sql: sql) : try db.makeStatement(sql: sql)
        try statement.setArguments(arguments)
        return statement
    }
}
