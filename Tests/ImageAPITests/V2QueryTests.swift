import GlanceHTTP
import HTTPWire
import ImageModel
import Testing

@testable import ImageAPI

private let user = Viewer(projectID: "p", isAdmin: false)
private let admin = Viewer(projectID: "p", isAdmin: true)

private func query(_ text: String?, _ viewer: Viewer = user) throws -> ImageQuery {
    let items = try #require(QueryItems(text))
    return try ImageQuery(v2: items, viewer: viewer, rows: PageRows())
}

@Suite struct V2QueryTests {
    @Test func withoutParametersItIsTheCallersNewest25() throws {
        var expected = ImageQuery(viewer: user, limit: 25)
        expected.scope = .asUser
        expected.memberStatus = .accepted
        expected.isHidden = false
        #expect(try query(nil) == expected)
        #expect(try query(nil, admin).scope == .everythingButCommunityOfOthers)
    }

    @Test(
        arguments: [
            ("visibility=all", .all), ("visibility=public", .visibility(.public)),
            ("visibility=public&visibility=community", .visibility(.community)), ("visibility=", .asUser),
        ] as [(String, ImageQuery.Scope)])
    func scopes(text: String, scope: ImageQuery.Scope) throws {
        #expect(try query(text).scope == scope)
        #expect(try query(text).filters == (text == "visibility=" ? [.nothing] : []))
    }

    @Test func memberStatusAndHidden() throws {
        #expect(try query("member_status=all").memberStatus == nil)
        #expect(try query("member_status=pending").memberStatus == .pending)
        #expect(try query("os_hidden=TRUE").isHidden == true)
    }

    @Test(
        arguments: [
            ("name=X", [.text(.name, isIn: ["X"])]), ("name=eq:a:b", [.text(.name, isIn: ["a:b"])]),
            ("owner=a:b", [.text(.owner, isIn: ["a:b"])]), ("size=5", [.number(.knownSize, .equal, 5)]),
            ("size=five", [.nothing]), ("virtual_size_min=5", [.number(.virtualSize, .greaterOrEqual, 5)]),
            ("size_max=-1", [.number(.knownSize, .lessOrEqual, -1)]), ("deleted=x", []), ("limit=1&sort=name", []),
            ("a=b&a=c", [.property(name: "a", value: "c")]), ("tag=b&tag=+a+", [.tag("a"), .tag("b")]),
            ("protected=false", [.isProtected(false)]),
        ] as [(String, [ImageQuery.Filter])])
    func filters(text: String, filters: [ImageQuery.Filter]) throws {
        #expect(try query(text).filters == filters)
    }

    @Test(
        arguments: [
            ("sort_key=name", "name desc"), ("sort_key=name&sort_dir=asc", "name asc"),
            ("sort_dir=asc", "created_at asc"), ("sort_key=name&sort_key=size&sort_dir=asc", "name asc, size asc"),
            ("sort=name:asc", "name asc"), ("sort=name, size:desc", "name desc, size desc"),
            ("sort=name:desc,size:asc", "name desc, size asc, created_at desc, id desc"),
        ])
    func orders(text: String, order: String) throws {
        let terms = try query(text).sort.map { "\($0.key.rawValue) \($0.direction.rawValue)" }
        #expect(terms.joined(separator: ", ") == order)
    }

    @Test(
        arguments: [
            ("", []), ("a", ["a"]), ("a,b", ["a", "b"]), ("a,,b,", ["a", "b"]), ("\"a,b\",c", ["a,b", "c"]),
            ("\"\"", [""]), ("a\\\"b", ["a\"b"]), ("\"a\\\",b\",c", ["a\",b", "c"]), ("ü,\"漢,字\"", ["ü", "漢,字"]),
            ("a b", ["a b"]), ("a\\b", ["a\\b"]),
        ] as [(String, [String])])
    func listsOfIn(text: String, values: [String]) throws {
        #expect(try InOperator.values(text) == values)
    }

    @Test(
        arguments: [
            ("\"a", "The quote is not closed."), ("a,\"", "The quote is not closed."),
            ("a\"b\"", "There is no comma before opening quotation mark."),
            ("\"a\"b", "There is no comma after closing quotation mark."),
        ])
    func badQuotes(text: String, why: String) {
        #expect(throws: APIError(400, "Invalid filter value \(text). \(why)")) { try InOperator.values(text) }
    }

    @Test(
        arguments: [
            ("gt", 1_000_000, "created_at gte 2000000"), ("gt", 1_500_000, "created_at gte 2000000"),
            ("gte", 1_000_000, "created_at gte 1000000"), ("gte", 1_500_000, "created_at gte 2000000"),
            ("lt", 1_000_000, "created_at lt 1000000"), ("lt", 1_500_000, "created_at lt 2000000"),
            ("lte", 1_000_000, "created_at lt 2000000"), ("lte", 1_500_000, "created_at lt 2000000"),
            ("eq", 1_000_000, "created_at gte 1000000 and created_at lt 2000000"), ("eq", 1_500_000, "nothing"),
            ("neq", 1_000_000, "any of created_at lt 1000000 and created_at gte 2000000"), ("neq", 1_500_000, ""),
            ("lt", -500_000, "created_at lt 0"), ("gte", -1_000_000, "created_at gte -1000000"),
        ] as [(String, Int64, String)])
    func timesAreComparedByWholeSeconds(comparison: String, microseconds: Int64, expected: String) throws {
        let comparison = try #require(ImageQuery.Comparison(rawValue: comparison))
        let filters = [ImageQuery.Filter].seconds(
            of: .createdAt, comparison, Timestamp(microseconds: microseconds))
        #expect(described(filters) == expected)
    }

    private func described(_ filters: [ImageQuery.Filter]) -> String {
        filters.map { filter in
            switch filter {
            case .time(let column, let comparison, let moment):
                "\(column.rawValue) \(comparison.rawValue) \(moment.microseconds)"
            case .any(let filters): "any of " + described(filters)
            default: "nothing"
            }
        }.joined(separator: " and ")
    }

    @Test func linksKeepTheParameters() throws {
        let items = try #require(QueryItems("name=a%20%26+b&marker=x&tag=1&tag=2&empty="))
        #expect(V2API.link(items) == "/v2/images?name=a%20%26%20b&tag=1&tag=2&empty=")
        #expect(V2API.link(items, marker: "y").hasSuffix("&empty=&marker=y"))
        #expect(try V2API.link(#require(QueryItems("marker=x"))) == "/v2/images")
        #expect(try V2API.link(#require(QueryItems(nil)), marker: "y") == "/v2/images?marker=y")
    }
}
